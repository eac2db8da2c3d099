import type { Video, WatchingList } from '@streamvault/api-contract';
import type { WatchPosition } from './watch-records.js';

/** What is left of a video when its credits run. */
const endSeconds = 15;

/** What can be gone on with, in the order of `positions`: of videos that are there, and neither at their start nor at their end. */
export function unfinished(positions: readonly WatchPosition[], videos: readonly Video[]): WatchingList['items'] {
  const known = new Map(videos.map((video) => [video.id, video]));
  return positions.flatMap((position) => {
    const video = known.get(position.videoId);
    if (!video || position.seconds <= 0 || position.seconds >= video.durationSeconds - endOf(video)) return [];
    const { id, recordingId, streamerId, streamerName, title, recordedAt, durationSeconds, thumbnailUrl } = video;
    const shown = { id, recordingId, streamerId, streamerName, title, recordedAt, durationSeconds, thumbnailUrl };
    return [{ ...position, video: shown }];
  });
}

/** Of a short one less. */
const endOf = ({ durationSeconds }: Pick<Video, 'durationSeconds'>): number =>
  Math.min(endSeconds, durationSeconds * 0.05);
