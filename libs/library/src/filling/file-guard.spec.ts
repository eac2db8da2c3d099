import { describe, expect, it } from '@jest/globals';
import { WorkQueue } from '@streamvault/jobs';
import { cutGroup } from '../cutting/cut-board.js';
import type { VideoStreams } from '../video-streams.js';
import { FileGuard } from './file-guard.js';

const guard = (video: object | undefined, queue = new WorkQueue(1)) =>
  new FileGuard({ peek: () => Promise.resolve(video) } as unknown as VideoStreams, queue).whyFileStays({ videoId: 5 });
const atRest = { videoId: 5, moving: null, place: { kind: 'library' } };

describe('a file that is to be exchanged', () => {
  it('may be, where nobody else is busy with it', async () => {
    expect(await guard(atRest)).toBeUndefined();
  });

  it.each<[string, object | undefined, RegExp]>([
    ['is not in the library', undefined, /not in the library/],
    ['is in the bin', { ...atRest, place: { kind: 'bin' } }, /Restore it first/],
    ['was deleted', { ...atRest, place: { kind: 'purged' } }, /deleted/],
    ['is on its way', { ...atRest, moving: { file: 'b.mp4' } }, /being moved/],
  ])('may not be where its video %s', async (_, video, reason) => {
    expect(await guard(video)).toMatch(reason);
  });

  it('may not be while it is cut, and may be when that is done', async () => {
    const queue = new WorkQueue(1);
    const { promise, resolve } = Promise.withResolvers<void>();
    const cutting = queue.run('cut b.mp4', { group: cutGroup(5) }, () => promise);
    expect(await guard(atRest, queue)).toMatch(/being cut/);
    resolve();
    await cutting;
    expect(await guard(atRest, queue)).toBeUndefined();
  });
});
