import { isOfDisk } from '../disk-causes.js';
import { stateName } from '../lifecycle.js';
import { plausible } from '../near-instants.js';
import { hasEnded } from '../patience.js';
import type { RecordingCommandOf } from '../recording-commands.js';
import { later } from '../recording-policy.js';
import { ifPossible, nothing, type Decision, type DecisionInput } from './decision-input.js';

/** What the capture saw. A repeated fact is recorded once. */
export function decideFact(
  { at: toldAt, fact, waitsUntil }: RecordingCommandOf<'ReportFact'>,
  known: DecisionInput,
): Decision {
  const { snapshot, policy } = known;
  const { ads, parts, gaps } = snapshot.context;
  switch (fact.kind) {
    case 'sourceOpened': {
      const { name, width, height, codecs, bandwidth } = fact.variant;
      const variant = {
        name: name ?? null,
        width: width ?? null,
        height: height ?? null,
        codecs: codecs ?? null,
        bandwidth: bandwidth ?? null,
      };
      return ifPossible(snapshot, {
        type: 'SourceOpened',
        data: {
          at: fact.at,
          variant,
          targetDurationSeconds: fact.targetDurationSeconds,
          again: fact.again ?? null,
        },
      });
    }
    case 'partOpened': {
      if (parts.some(({ number }) => number === fact.number)) return nothing;
      const { at, number, container, reason } = fact;
      const opened = { type: 'PartOpened', data: { at, number, container, reason } } as const;
      switch (stateName(snapshot)) {
        case 'starting':
          return [{ type: 'CaptureStarted', data: { at } }, opened];
        case 'reconnecting': {
          // A part that was opened before the interruption may be reported late; it does not end the interruption.
          const since = snapshot.context.stalls.at(-1)?.from ?? at;
          const resumes = Date.parse(at) >= Date.parse(since);
          return resumes ? [opened, { type: 'CaptureResumed', data: { at } }] : [opened];
        }
        default:
          return ifPossible(snapshot, opened);
      }
    }
    case 'partClosed': {
      if (!parts.some(({ number, closedAt }) => number === fact.number && closedAt === null)) return nothing;
      const { at, number, bytes, segments, durationSeconds } = fact;
      return ifPossible(snapshot, { type: 'PartClosed', data: { at, number, bytes, segments, durationSeconds } });
    }
    case 'gap': {
      const { from, to, seconds, cause } = plausible(fact, snapshot.context.requestedAt, toldAt);
      if (gaps.some((gap) => gap.from === from && gap.to === to)) return nothing;
      return ifPossible(snapshot, { type: 'GapRecorded', data: { from, to, seconds, cause, at: toldAt } });
    }
    case 'ad': {
      const { from, to, seconds, kept } = plausible(fact, snapshot.context.requestedAt, toldAt);
      if (ads.some((ad) => ad.from === from && ad.to === to)) return nothing;
      return ifPossible(snapshot, { type: 'AdRecorded', data: { from, to, seconds, kept, at: toldAt } });
    }
    case 'advertising':
      return whileAdvertising(fact.at, known);
    case 'interrupted': {
      // A repeated interruption during the wait restarts patience only if the cause differs.
      const { interruption } = snapshot.context;
      const isAnother =
        interruption !== null &&
        (isOfDisk(interruption) !== isOfDisk(fact.cause) ||
          (hasEnded(fact.cause) && !hasEnded(interruption) && !isOfDisk(interruption)));
      if (stateName(snapshot) === 'reconnecting' && !isAnother) return nothing;
      const deadline = waitsUntil ?? later(fact.at, policy.patienceSeconds);
      return ifPossible(snapshot, { type: 'CaptureInterrupted', data: { at: fact.at, cause: fact.cause, deadline } });
    }
    case 'resumed':
      return ifPossible(snapshot, { type: 'CaptureResumed', data: { at: fact.at } });
    default:
      return fact satisfies never;
  }
}

/**
 * No bytes can come while advertising is left out, and yet the source is there. Patience starts again when half of it
 * is used up.
 */
function whileAdvertising(at: string, { snapshot, policy }: DecisionInput): Decision {
  const state = stateName(snapshot);
  if (state !== 'starting' && state !== 'reconnecting') return nothing;
  const seconds = state === 'starting' ? policy.firstBytesSeconds : policy.patienceSeconds;
  const left = Date.parse(snapshot.context.deadline ?? at) - Date.parse(at);
  if (left > seconds * 500) return nothing;
  const cause = { code: 'source.advertising', message: 'The source shows advertising, which is left out.' };
  return ifPossible(snapshot, { type: 'DeadlineMoved', data: { at, deadline: later(at, seconds), cause } });
}
