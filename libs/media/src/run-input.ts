import { errorCode } from '@streamvault/failures';
import { stat } from 'node:fs/promises';
import { SourceUnreadable } from './errors.js';
import { isPacked, mergeRanges, type ByteRange, type MediaRun } from './runs.js';

/** The protocols that {@link urlOf} uses, for demuxers that open files by themselves. */
export const RUN_PROTOCOLS = 'file,subfile,concat';

/**
 * A run as an address that ffmpeg reads by itself, so that no byte goes through this process: byte ranges of files
 * (ffmpeg-protocols, "subfile"), one after the other ("concat").
 */
export function urlOf(run: Pick<MediaRun, 'init' | 'ranges'>): string {
  const ranges = mergeRanges(run.init === undefined ? run.ranges : [run.init, ...run.ranges]);
  const parts = ranges.map((range) => rangeUrl(range));
  const [only] = parts;
  return parts.length === 1 && only !== undefined ? only : `concat:${parts.join('|')}`;
}

const rangeUrl = ({ file, offset, length }: ByteRange): string =>
  `subfile,,start,${offset},end,${offset + length},,:file:${file}`;

/**
 * It has to go through a pipe: audio without a container, which gets one on the way, or a folder whose name the concat
 * protocol (its separator) or a list (a line break) cannot express.
 */
export const isPiped = (run: MediaRun): boolean =>
  isPacked(run) || [run.init, ...run.ranges].some((range) => range !== undefined && /[|\r\n]/.test(range.file));

/**
 * Checked in advance, because ffmpeg takes a file that is too short as one that ends there.
 * @throws SourceUnreadable if a file is missing, unreadable or shorter than the ledger says
 */
export async function requireWhole(run: MediaRun): Promise<void> {
  const ends = new Map<string, number>();
  for (const { file, offset, length } of run.init === undefined ? run.ranges : [run.init, ...run.ranges])
    ends.set(file, Math.max(ends.get(file) ?? 0, offset + length));
  for (const [file, end] of ends) {
    const { size } = await stat(file).catch((error: unknown) => {
      throw new SourceUnreadable(file, `cannot be opened (${errorCode(error) ?? String(error)})`, { cause: error });
    });
    if (size < end) throw new SourceUnreadable(file, `ends at byte ${size}, but the ledger goes on to byte ${end}`);
  }
}
