import type { Video } from '@streamvault/api-contract';

/** The page of the recording; an imported video has its own page. */
export const addressOf = ({ id, recordingId }: Pick<Video, 'id' | 'recordingId'>): (string | number)[] =>
  recordingId === null ? ['/videos', id] : ['/recordings', recordingId];

/** How much of the broadcast was captured; null if all of it was. */
export function capturedOf({ durationSeconds, gaps }: Pick<Video, 'durationSeconds' | 'gaps'>): number | null {
  const lost = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
  return lost === 0 || durationSeconds === 0 ? null : durationSeconds / (durationSeconds + lost);
}
