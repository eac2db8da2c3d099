import type { SqlEntityManager } from '@mikro-orm/sql';
import { videoLibraryProjection } from '@streamvault/library';

const words = [
  'night',
  'run',
  'ranked',
  '雑談',
  '原神',
  '配信',
  'speed',
  'first',
  '新作',
  'challenge',
  'finale',
  '初見',
];
const categories = ['Just Chatting', 'Chess', '原神', 'Music', null];

/**
 * Rows of made-up videos, half of the titles Japanese, one every ten minutes, as their events would have made them.
 * @param thumbnailFile of all of them; else each has one of its own, which is not there
 */
export async function addVideos(fork: () => SqlEntityManager, count: number, thumbnailFile?: string): Promise<void> {
  const metadata = { id: '', position: 0n, revision: 0n, recordedAt: '', metadata: {} };
  for (let first = 0; first < count; first += 5000) {
    const em = fork();
    for (let id = first + 1; id <= Math.min(count, first + 5000); id += 1) {
      const word = (step: number) => words[(id * step + Math.floor(id / 12)) % words.length];
      const recordedAt = new Date(Date.UTC(2024, 0, 1) + id * 600_000).toISOString();
      const data = {
        videoId: id,
        recordingId: id,
        outputNumber: 1,
        streamerId: 1 + (id % 200),
        streamerName: `Streamer ${id % 200}`,
        title: `${word(1)} ${word(5)} and ${word(7)}, day ${id % 365} #${id}#`,
        category: categories[id % categories.length] ?? null,
        recordedAt,
        durationSeconds: 600 + ((id * 7919) % 20_000),
        bytes: 1_000_000_000 + id,
        width: 1920,
        height: 1080,
        codecs: 'avc1.640028,mp4a.40.2',
        file: `Streamer ${id % 200}/${recordedAt} [${id}].mp4`,
        thumbnailFile: thumbnailFile ?? `Streamer ${id % 200}/${recordedAt} [${id}].jpg`,
        gaps: id % 3 ? [] : [{ from: recordedAt, to: recordedAt, seconds: 1, cause: { code: 'x', message: 'lost' } }],
        chapters: [],
        at: recordedAt,
      };
      const event = { ...metadata, stream: `video-${id}`, type: 'VideoAdded', version: 1, data };
      await videoLibraryProjection.handle(event as never, em);
    }
    await em.flush();
  }
}
