import { expect, it } from '@jest/globals';
import type { Video } from '@streamvault/api-contract';
import { unfinished } from './unfinished.js';

const at = '2026-11-30T20:00:00.000Z';
const video = (id: number, durationSeconds = 600): Video => ({
  id,
  recordingId: null,
  streamerId: 1,
  streamerName: 'Harbour',
  title: `Video ${id}`,
  category: null,
  recordedAt: at,
  durationSeconds,
  bytes: 1,
  width: null,
  height: null,
  codecs: null,
  protected: false,
  watchedAt: null,
  chapters: [],
  gaps: [],
  fileName: 'a.mp4',
  origin: null,
  thumbnailUrl: `/api/videos/${id}/thumbnail`,
  streamUrl: `/api/videos/${id}/stream`,
  bin: null,
});
const position = (videoId: number, seconds: number) => ({ videoId, seconds, at });

it('keeps the order, and leaves out what is gone or may not be seen', () => {
  const items = unfinished([position(3, 10), position(1, 20), position(2, 30)], [video(1), video(3)]);
  expect(items.map(({ videoId, seconds }) => [videoId, seconds])).toEqual([
    [3, 10],
    [1, 20],
  ]);
  expect(items[0]?.video).toMatchObject({ id: 3, title: 'Video 3', durationSeconds: 600 });
});

it('leaves out what was not begun, and what is as good as over', () => {
  const positions = [position(1, 0), position(2, 590), position(3, 585.1), position(4, 584), position(5, 3)];
  const items = unfinished(positions, [1, 2, 3, 4].map((id) => video(id)).concat(video(5, 8)));
  expect(items.map(({ videoId }) => videoId)).toEqual([4, 5]);
});
