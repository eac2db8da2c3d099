import type { ConsistencyReport } from '@streamvault/api-contract';
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { isVideoFile } from '../import/is-video-file.js';
import type { FoundFile } from '../import/library-walk.js';
import { sidecarsOf } from '../naming/sidecars.js';
import { isOursByText } from '../sidecars/info-file.js';
import { textOf } from '../sidecars/own-file.js';

const INFO = '.info.json';

/**
 * What stands beside a video that is not there any more, and that no record is of: only where an info file of ours says that it was ours. What
 * others put there is not ours to remove.
 *
 * @param resting nothing that was changed later (milliseconds since 1970) is looked at
 */
export async function findLeftovers(
  root: string,
  files: readonly FoundFile[],
  known: ReadonlySet<string>,
  resting: number,
): Promise<ConsistencyReport['leftovers']> {
  const videos = new Set(files.filter(({ file }) => isVideoFile(file)).map(({ file }) => withoutExtension(file)));
  const records = new Set(Array.from(known, (file) => withoutExtension(file)));
  const leftovers: ConsistencyReport['leftovers'] = [];
  for (const { file, changedAt } of files) {
    if (!file.endsWith(INFO) || changedAt >= resting) continue;
    const base = file.slice(0, -INFO.length);
    if (videos.has(base) || records.has(base)) continue;
    const text = await textOf(join(root, file));
    if (typeof text !== 'string' || !isOursByText(text)) continue;
    const there: string[] = [];
    let bytes = 0;
    for (const each of sidecarsOf(`${base}.mp4`)) {
      const found = await lstat(join(root, each)).catch(() => undefined);
      if (!found) continue;
      there.push(each);
      bytes += found.size;
    }
    leftovers.push({ file, files: there, bytes });
  }
  return leftovers;
}

const withoutExtension = (file: string): string => file.replace(/\.[^./]+$/, '');
