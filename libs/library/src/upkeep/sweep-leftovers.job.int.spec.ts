import { expect, it } from '@jest/globals';
import { LibraryRoot } from '@streamvault/recording';
import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SweepLeftoversJob } from './sweep-leftovers.job.js';

it('removes what a step left unfinished a day ago, and nothing else', async () => {
  const root = await mkdtemp(join(tmpdir(), 'sv-sweep-'));
  try {
    await mkdir(join(root, 'Ada'));
    const name = (letter: string) => `.streamvault-${letter.repeat(16)}-${letter.repeat(12)}.partial`;
    const [old, fresh, video] = [join('Ada', name('a')), join('Ada', name('b')), join('Ada', 'old.mp4')];
    for (const file of [old, fresh, video]) await writeFile(join(root, file), 'x');
    const long = new Date(Date.now() - 25 * 3600 * 1000);
    for (const file of [old, video]) await utimes(join(root, file), long, long);
    const job = new SweepLeftoversJob(new LibraryRoot(root, () => Promise.resolve(true)));
    expect(await job.run(new AbortController().signal)).toMatchObject({
      summary: '1 unfinished file removed.',
      figures: { removed: 1 },
    });
    expect((await readdir(join(root, 'Ada'))).toSorted()).toEqual([name('b'), 'old.mp4'].toSorted());
  } finally {
    await rm(root, { recursive: true });
  }
});
