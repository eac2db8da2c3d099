import { writeContentDurably } from './durable-file.js';
import { QUIET } from './ffmpeg-arguments.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface PosterRequest {
  /** A picture of any shape. */
  readonly input: string;
  readonly output: string;
  readonly signal?: AbortSignal;
}

/** The middle of a picture, as high as half its width again: a poster for media servers. @throws MediaToolFailed, StorageFull, StorageRefused */
export async function makePoster(tools: MediaTools, { input, output, signal }: PosterRequest): Promise<void> {
  const { stdout } = await runTool({
    program: tools.ffmpeg.path,
    args: [
      QUIET,
      ['-i', `file:${input}`, '-frames:v', '1'],
      ['-vf', "crop='min(iw,ih*2/3)':'min(ih,iw*3/2)',scale=400:600,setsar=1,format=yuvj420p"],
      ['-c:v', 'mjpeg', '-q:v', '4', '-f', 'image2pipe', 'pipe:1'],
    ].flat(),
    timeLimitSeconds: 60,
    ...(signal && { signal }),
  });
  await writeContentDurably(output, stdout);
}
