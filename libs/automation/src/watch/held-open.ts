import type { BroadcastContext } from '../domain/broadcast-context.js';
import { isWanted } from '../recording-starter.js';

/** A recording is held open while its broadcast is not over and wants it, so that one broadcast is one recording. */
export const isHeldOpen = (context: BroadcastContext | undefined): context is BroadcastContext =>
  context !== undefined && isWanted(context);

export const isRecordingOf = ({ recordingId, laterRecordingIds }: BroadcastContext, id: number): boolean =>
  recordingId === id || laterRecordingIds.includes(id);

/**
 * Whether anything besides the recording itself finds out when a broadcast is over. If not, the end of the source ends
 * what a person started. Twitch tells, and is asked, of every channel on the list, whether it is recorded automatically
 * or not.
 */
export const isWatchedFor = ({
  autoRecord,
  platform,
  isToldByTwitch,
}: {
  readonly autoRecord: boolean;
  readonly platform: string | undefined;
  readonly isToldByTwitch: boolean;
}): boolean => autoRecord || (isToldByTwitch && platform === 'twitch');
