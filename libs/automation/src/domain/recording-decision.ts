import type { BroadcastContext } from './broadcast-context.js';
import type { BroadcastEvent, BroadcastEventData } from './broadcast-events.js';
import { later } from './patience.js';
import type { BroadcastPolicy, Verdict } from './verdict.js';

type Decision = BroadcastEventData<'RecordingDecided'>['decision'];

/** How the present verdict changes the recording. A person's wish applies until the broadcast ends. */
export function judged(context: BroadcastContext, policy: BroadcastPolicy, at: string): readonly BroadcastEvent[] {
  if (context.override !== null) return [];
  const verdict = policy.judge({ ...context.details, kind: context.kind }, at);
  const decided = (decision: Decision): readonly BroadcastEvent[] => [
    {
      type: 'RecordingDecided',
      data: { at, decision, rule: verdict.rule, reason: verdict.reason, judgeAgainAt: verdict.judgeAgainAt },
    },
  ];
  const before = context.decision?.decision;
  const events = changed(context, verdict, policy, at, decided);
  const isEdge = context.judgeAgainAt !== null && Date.parse(at) >= Date.parse(context.judgeAgainAt);
  if (events.length > 0 || !isEdge || before === undefined) return events;
  // A time window changed and made no difference: the decision stands until the next change.
  const { rule, reason } = context.decision ?? verdict;
  const { judgeAgainAt } = verdict;
  return [{ type: 'RecordingDecided', data: { at, decision: before, rule, reason, judgeAgainAt } }];
}

function changed(
  context: BroadcastContext,
  verdict: Verdict,
  policy: BroadcastPolicy,
  at: string,
  decided: (decision: Decision) => readonly BroadcastEvent[],
): readonly BroadcastEvent[] {
  const before = context.decision?.decision;
  switch (before) {
    case undefined:
    case 'skip': {
      const decision = verdict.decision === 'undecided' ? 'provisional' : verdict.decision;
      return decision === before && isSame(context, verdict) ? [] : decided(decision);
    }
    case 'provisional':
      if (verdict.decision === 'undecided') return [];
      return decided(verdict.decision === 'skip' ? 'discard' : 'record');
    case 'record':
      return whileRecorded(context, verdict, policy, at, decided);
    // A recording that ended this way is finished: only a person can start it again.
    case 'stop':
    case 'discard':
      return [];
    default:
      return before satisfies never;
  }
}

const isSame = ({ decision, judgeAgainAt }: BroadcastContext, verdict: Verdict): boolean =>
  decision?.reason.code === verdict.reason.code &&
  decision.rule?.number === verdict.rule?.number &&
  judgeAgainAt === verdict.judgeAgainAt;

function whileRecorded(
  { stopAt }: BroadcastContext,
  { decision, rule, reason }: Verdict,
  { stopsOnChangeAfterSeconds }: BroadcastPolicy,
  at: string,
  decided: (decision: Decision) => readonly BroadcastEvent[],
): readonly BroadcastEvent[] {
  if (decision !== 'skip' || stopsOnChangeAfterSeconds === null)
    return stopAt === null ? [] : [{ type: 'RecordingStopCalledOff', data: { at } }];
  if (stopAt === null && stopsOnChangeAfterSeconds > 0)
    return [
      {
        type: 'RecordingStopPlanned',
        data: { at, stopAt: later(at, stopsOnChangeAfterSeconds), rule, reason },
      },
    ];
  return stopAt === null || Date.parse(at) >= Date.parse(stopAt) ? decided('stop') : [];
}
