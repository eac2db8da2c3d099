import { stateName } from '../lifecycle.js';
import type { RecordingCommand, Reporter } from '../recording-commands.js';
import { StaleRecorder } from '../recording-errors.js';
import { type Decision, type DecisionInput, nothing } from './decision-input.js';

/** With these a recorder takes a recording; with all others it tells of one that it has. */
const taking: ReadonlySet<string> = new Set<RecordingCommand['type']>(['BeginCapture', 'ReportRecorderRestart']);

/**
 * What comes of a recorder's report, if it may report at all. Only one recorder has a recording: the append that assigns it expects
 * the stream as it was read, so that one of two wins, and whoever reports under an older epoch has lost it in between.
 *
 * @throws StaleRecorder
 */
export function decideAsRecorder(
  command: RecordingCommand,
  { recorderId, epoch }: Reporter,
  { snapshot }: DecisionInput,
  decide: () => Decision,
): Decision {
  const isStale = epoch < snapshot.context.epoch;
  if (!taking.has(command.type)) {
    if (isStale) throw new StaleRecorder(snapshot.context.recordingId);
    return decide();
  }
  // Another was faster: there is nothing to take, and nothing wrong.
  if (isStale || snapshot.hasTag('ended')) return nothing;
  // What is begun can be too late; a recorder that was away takes the recording in whatever state it is.
  if (command.type === 'BeginCapture' && stateName(snapshot) !== 'requested') return nothing;
  const assigned = { at: command.at, recorderId, epoch: snapshot.context.epoch + 1 };
  return [{ type: 'RecorderAssigned', data: assigned }, ...decide()];
}
