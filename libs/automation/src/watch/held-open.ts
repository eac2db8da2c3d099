import type { BroadcastContext } from '../domain/broadcast-context.js';
import { isWanted } from '../recording-starter.js';

/** A recording is held open while its broadcast is not over and wants it, so that one broadcast is one recording. */
export const isHeldOpen = (context: BroadcastContext | undefined): context is BroadcastContext =>
  context !== undefined && isWanted(context);

export const isRecordingOf = ({ recordingId, laterRecordingIds }: BroadcastContext, id: number): boolean =>
  recordingId === id || laterRecordingIds.includes(id);

/**
 * Whether anything besides the recording itself finds out when a broadcast is over. If not, the end of the source ends
 * what a person started.
 */
export const isWatchedFor = (
  { platformIds }: Pick<BroadcastContext, 'platformIds'>,
  { autoRecord, isToldByTwitch }: { readonly autoRecord: boolean; readonly isToldByTwitch: boolean },
): boolean => autoRecord || (isToldByTwitch && platformIds.length > 0);
