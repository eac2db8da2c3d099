import path from 'node:path';
import { readRuns } from '@streamvault/capture';
import { createMedia, locateTools, runTool, type FinalizedVideo } from '@streamvault/media';
import { ledgerOf } from './capture-run.js';

/**
 * The recording as the server would finish it: an MP4 for each stretch that can be joined without encoding.
 * @throws if one of them does not decode completely without a complaint
 */
export async function finishedVideos(folder: string): Promise<readonly FinalizedVideo[]> {
  const tools = await locateTools({});
  const within = <Range extends { readonly file: string }>(range: Range) => ({
    ...range,
    file: path.join(folder, range.file),
  });
  const made = await createMedia(tools).finalizeRuns({
    runs: readRuns(await ledgerOf(folder)).map(({ init, ranges, ...run }) => ({
      ...run,
      ranges: ranges.map((range) => within(range)),
      ...(init && { init: within(init) }),
    })),
    outputFor: (index) => path.join(folder, `video-${index}.mp4`),
    workDirectory: path.join(folder, 'finalize'),
  });
  for (const video of made) await assertDecodes(tools.ffmpeg.path, video.path);
  return made;
}

async function assertDecodes(ffmpeg: string, file: string): Promise<void> {
  let said = '';
  await runTool({
    program: ffmpeg,
    args: ['-hide_banner', '-nostdin', '-v', 'error', '-xerror', '-i', `file:${file}`, '-f', 'null', '-'],
    onStderr: (chunk) => (said += Buffer.from(chunk).toString()),
  });
  if (said !== '') throw new Error(`${path.basename(file)} does not decode: ${said}`);
}
