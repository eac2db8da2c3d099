import type { Video } from '@streamvault/api-contract';

/** The page of the broadcast; an imported video has one of its own. */
export const addressOf = ({ id, recordingId }: Pick<Video, 'id' | 'recordingId'>): (string | number)[] =>
  recordingId === null ? ['/videos', id] : ['/recordings', recordingId];

/** How much of the broadcast there is; null where all of it is. */
export function capturedOf({ durationSeconds, gaps }: Pick<Video, 'durationSeconds' | 'gaps'>): number | null {
  const lost = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  return lost === 0 || durationSeconds === 0 ? null : durationSeconds / (durationSeconds + lost);
}
