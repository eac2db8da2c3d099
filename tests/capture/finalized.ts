import path from 'node:path';
import { readLedger, readSoundedRuns, SOUND_FOLDER, type Run } from '@streamvault/capture';
import { createMedia, locateTools, type FinalizedVideo, type Media } from '@streamvault/media';
import { expect } from '@jest/globals';
import { ledgerOf } from './capture-run.js';

let found: Promise<Media> | undefined;

export const media = (): Promise<Media> => (found ??= locateTools().then(createMedia));

const within = ({ init, ranges, ...run }: Run, root: string) => ({
  ...run,
  ranges: ranges.map((range) => ({ ...range, file: path.join(root, range.file) })),
  ...(init && { init: { ...init, file: path.join(root, init.file) } }),
});

/**
 * Makes a capture's folder into videos as the server does, all of which decode without a complaint.
 * @param maker makes them; default: the ffmpeg that also checks them
 */
export async function finalized(folder: string, maker?: Media): Promise<readonly FinalizedVideo[]> {
  const { finalizeRuns } = maker ?? (await media());
  const { decodeErrors } = await media();
  const soundFolder = path.join(folder, SOUND_FOLDER);
  const sound = await readLedger(soundFolder);
  const videos = await finalizeRuns({
    runs: readSoundedRuns(await ledgerOf(folder), sound).map(({ run, sound: heard }) => ({
      ...within(run, folder),
      ...(heard && { sound: within(heard, soundFolder) }),
    })),
    outputFor: (index) => path.join(folder, `video-${index}.mp4`),
    workDirectory: path.join(folder, 'finalize'),
  });
  for (const video of videos) expect(await decodeErrors(video.path)).toEqual([]);
  return videos;
}
