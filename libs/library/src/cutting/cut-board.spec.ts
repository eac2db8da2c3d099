import { expect, it } from '@jest/globals';
import { WorkQueue } from '@streamvault/jobs';
import { CutBoard, cutGroup } from './cut-board.js';

const about = {
  fromSeconds: 10,
  toSeconds: 25,
  exact: false,
  title: 'A piece',
  requestedAt: '2026-12-01T00:00:00.000Z',
};

it('shows what waits, how far what runs is, and what came of it', async () => {
  const queue = new WorkQueue(1);
  const board = new CutBoard(queue);
  const end = Promise.withResolvers<void>();
  const first = board.begin(about, 7, 'cut a.mp4');
  const running = queue.run('cut a.mp4', { group: cutGroup(7) }, async ({ share }) => {
    share(0.4);
    await end.promise;
  });
  const second = board.begin({ ...about, title: 'Another' }, 7, 'cut b.mp4');
  const waiting = queue.run('cut b.mp4', { group: cutGroup(7) }, () => Promise.resolve());
  await Promise.resolve();
  expect(board.of(7)).toMatchObject([
    { id: second, title: 'Another', state: 'waiting', progress: null, videoId: null },
    { id: first, title: 'A piece', state: 'running', progress: 0.4, videoId: null, failure: null },
  ]);
  expect([board.isWriting('cut a.mp4'), board.isWriting('cut c.mp4')]).toEqual([true, false]);
  end.resolve();
  await Promise.all([running, waiting]);
  board.end(7, first, { videoId: 12 });
  board.end(7, second, { failure: { code: 'media.storage-full', message: 'The disk is full.' } });
  expect(board.of(7)).toMatchObject([
    { state: 'failed', failure: { code: 'media.storage-full' }, videoId: null },
    { state: 'done', videoId: 12, failure: null, progress: null },
  ]);
  expect(board.isWriting('cut a.mp4')).toBe(false);
  expect(board.of(8)).toEqual([]);
});

it('forgets the oldest that ended, and none that goes on', () => {
  const board = new CutBoard(new WorkQueue(1));
  const first = board.begin(about, 7, 'cut first.mp4');
  for (let number = 0; number < 30; number += 1)
    board.end(7, board.begin(about, 7, `cut ${number}.mp4`), { videoId: 100 + number });
  const shown = board.of(7);
  expect(shown).toHaveLength(20);
  expect(shown.at(-1)).toMatchObject({ id: first, state: 'running' });
  expect(shown[0]).toMatchObject({ videoId: 129 });
});
