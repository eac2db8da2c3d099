import type { Liveness } from '@streamvault/platforms';
import { isOfDisk } from '../disk-causes.js';
import { stateName } from '../lifecycle.js';
import { hasEnded } from '../patience.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import type { Cause } from '../recording-events.js';
import { later } from '../recording-policy.js';
import { waitsForDisk } from '../steps.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

const stillLive: Cause = {
  code: 'source.said-live',
  message: 'No new media arrives, but the platform says that the streamer is live. StreamVault waits.',
};
const nobodyAnswers: Cause = {
  code: 'source.not-said-over',
  message: 'No new media arrives, and the platform does not say whether the streamer is live. StreamVault waits.',
};

/**
 * Why to wait for a silent source although patience has run out; undefined if there is no reason. For a while, an
 * unknown state does not count as offline.
 */
function reasonToWait(at: string, word: Liveness | undefined, { snapshot, policy }: DecisionInput): Cause | undefined {
  const { interruption } = snapshot.context;
  if (interruption !== null && isOfDisk(interruption)) return interruption;
  if (word === 'live') return interruption !== null && hasEnded(interruption) ? interruption : stillLive;
  const since = Date.parse(snapshot.context.stalls.at(-1)?.from ?? at);
  return word === 'unknown' && Date.parse(at) - since < policy.unansweredSeconds * 1000 ? nobodyAnswers : undefined;
}

/** A waiting state gives up, or finds a reason to wait longer. */
export function decideDeadline(
  { at, deadline, word }: RecordingCommandOf<'ReportDeadline'>,
  known: DecisionInput,
): Decision {
  const { snapshot, policy } = known;
  const { context } = snapshot;
  if (context.deadline !== deadline || Date.parse(at) < Date.parse(deadline)) return nothing;
  const failed = (code: string, message: string): Decision =>
    ifPossible(snapshot, { type: 'RecordingFailed', data: { at, cause: { code, message } } });
  const moved = (cause: Cause, seconds: number): Decision =>
    ifPossible(snapshot, { type: 'DeadlineMoved', data: { at, cause, deadline: later(at, seconds) } });
  const state = stateName(snapshot);
  switch (state) {
    case 'requested':
      return failed('recording.not-picked-up', 'No recorder took up the request in time. Check that a recorder runs.');
    case 'starting':
      return failed(
        'capture.no-first-bytes',
        `The source gave no video within ${policy.firstBytesSeconds} s. Check that the streamer is live, then retry.`,
      );
    case 'reconnecting': {
      const cause = reasonToWait(at, word, known);
      return cause === undefined
        ? [{ type: 'SourceEnded', data: { at, reason: 'gave-up', deadline: later(at, policy.finalizeSeconds) } }]
        : moved(cause, policy.patienceSeconds);
    }
    case 'finalizing':
      // Waiting for a disk does not count as slow.
      if (context.interruption !== null && isOfDisk(context.interruption))
        return moved(context.interruption, policy.finalizeSeconds);
      return failed(
        'finalize.too-slow',
        'The video was not finished in time. Everything captured is kept: check the disk, then retry.',
      );
    case 'postProcessing': {
      const waiting = context.steps.find((step) => waitsForDisk(step));
      return waiting === undefined
        ? [{ type: 'RecordingCompleted', data: { at } }]
        : moved({ code: 'disk.waited-for', message: waiting.error ?? '' }, policy.postProcessSeconds);
    }
    case 'capturing':
    case 'completed':
    case 'failed':
    case 'cancelled':
      return nothing;
    default:
      return state satisfies never;
  }
}
