import type { BroadcastContext, BroadcastInput } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';
import type { BroadcastDetails } from './sighting.js';

/**
 * How many titles of one broadcast are remembered, so that a streamer who changes it every second does not fill the
 * memory.
 */
const mostTitles = 500;

const latest = (a: string, b: string): string => (Date.parse(a) >= Date.parse(b) ? a : b);

export const beginning = (input: BroadcastInput): BroadcastContext => {
  const { broadcastId, streamerId, at, startedAt, noticedAt, witness, platformId, kind, formerIds } = input;
  const { title, category, tags } = input;
  const isDescribed = title !== null || category !== null;
  return {
    broadcastId,
    streamerId,
    startedAt,
    noticedAt,
    noticedBy: witness,
    kind,
    platformIds: platformId === null ? [] : [platformId],
    formerIds,
    details: { title, category, tags },
    titles: isDescribed ? [{ at: startedAt, title, category }] : [],
    detailsBy: isDescribed ? { witness, at } : null,
    seenBy: [witness],
    lastLiveAt: at,
    away: null,
    raid: null,
    decision: null,
    judgeAgainAt: null,
    stopAt: null,
    override: null,
    recordingId: null,
    laterRecordingIds: [],
    refusal: null,
    endedAt: null,
    endReason: null,
  };
};

type LaterEvent = Exclude<BroadcastEvent, { type: 'BroadcastStarted' }>;

const withTitle = (context: BroadcastContext, at: string, { title, category }: BroadcastDetails) =>
  context.titles.length >= mostTitles ||
  (context.titles.at(-1)?.title === title && context.titles.at(-1)?.category === category)
    ? context.titles
    : [...context.titles, { at, title, category }];

/** How an event changes the context. */
export function noted(context: BroadcastContext, event: LaterEvent): Partial<BroadcastContext> {
  switch (event.type) {
    case 'BroadcastSeen': {
      const { at, witness } = event.data;
      return { seenBy: [...context.seenBy, witness], lastLiveAt: latest(context.lastLiveAt, at) };
    }
    case 'BroadcastAway': {
      const { at, witness, deadline } = event.data;
      return {
        seenBy: [],
        away: { since: at, witness, deadline, absences: 1, lastAbsenceAt: at, missedBy: [witness], word: 'offline' },
      };
    }
    case 'BroadcastAbsenceSeen': {
      const { away, seenBy } = context;
      const { at, word, witness } = event.data;
      // It is not away: the witness only can no longer say that it sees it.
      if (away === null) return { seenBy: seenBy.filter((other) => other !== witness) };
      if (word === 'unknown') return { away: { ...away, word } };
      const missedBy = [...new Set([...away.missedBy, witness])];
      return {
        away: { ...away, word, missedBy, absences: away.absences + 1, lastAbsenceAt: latest(away.lastAbsenceAt, at) },
      };
    }
    case 'BroadcastContinued': {
      const { at, witness, platformId } = event.data;
      const isNew = platformId !== null && !context.platformIds.includes(platformId);
      return {
        away: null,
        seenBy: [witness],
        lastLiveAt: latest(context.lastLiveAt, at),
        platformIds: isNew ? [...context.platformIds, platformId] : context.platformIds,
      };
    }
    case 'BroadcastDeadlineMoved':
      return context.away === null ? {} : { away: { ...context.away, deadline: event.data.deadline } };
    case 'BroadcastTitleChanged': {
      const { at, witness, title, category, tags } = event.data;
      const details = { title, category, tags };
      return { details, detailsBy: { witness, at }, titles: withTitle(context, at, details) };
    }
    case 'BroadcastRaided':
      return { raid: event.data };
    case 'BroadcastEnded':
      return { endedAt: event.data.endedAt, endReason: event.data.reason, judgeAgainAt: null, stopAt: null };
    case 'RecordingDecided': {
      const { judgeAgainAt, ...decision } = event.data;
      return { decision, judgeAgainAt, stopAt: null };
    }
    case 'RecordingStopPlanned':
      return { stopAt: event.data.stopAt };
    case 'RecordingStopCalledOff':
      return { stopAt: null };
    case 'RecordingOverridden': {
      const { at, by, wish } = event.data;
      const reason =
        wish === 'record'
          ? { code: 'user.started', message: 'A person started the recording.' }
          : { code: 'user.stopped', message: 'A person stopped the recording.' };
      const decision = { decision: wish === 'record' ? 'record' : 'stop', at, rule: null, reason } as const;
      return { override: { at, by, wish }, decision, judgeAgainAt: null, stopAt: null };
    }
    case 'BroadcastRecorded': {
      const { recordingId } = event.data;
      return context.recordingId === null
        ? { recordingId, refusal: null }
        : { laterRecordingIds: [...context.laterRecordingIds, recordingId], refusal: null };
    }
    case 'BroadcastNotRecorded':
      return { refusal: event.data.reason };
    default:
      return event satisfies never;
  }
}
