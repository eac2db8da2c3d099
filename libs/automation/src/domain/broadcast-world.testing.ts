import { formerIdsAfter, startsAnother } from './another-broadcast.js';
import type { BroadcastCommand } from './broadcast-commands.js';
import { broadcastDecider } from './broadcast-decider.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { type BroadcastState, rehydrate } from './broadcast-state.js';
import { barely, type Liveness, type Sighting, type Witness } from './sighting.js';
import type { BroadcastPolicy } from './verdict.js';

export const doings = [
  'online',
  'offline',
  'other id',
  'title',
  'start',
  'stop',
  'restart',
  'poll lies',
  'unknown',
] as const;
export type Doing = (typeof doings)[number];

export const patienceSeconds = 720;
const policy: BroadcastPolicy = {
  patienceSeconds,
  stopsOnChangeAfterSeconds: null,
  judge: () => ({
    decision: 'record',
    rule: null,
    reason: { code: 'auto-record.on', message: 'Automatic recording is on.' },
    judgeAgainAt: null,
  }),
};

/** A model of what the recording context does for a broadcast. */
interface ModelRecording {
  readonly broadcastId: number | null;
  /** The broadcast that holds it open, including one that a person started after the broadcast's own was stopped. */
  readonly heldBy: number | null;
  readonly isActive: boolean;
}

/**
 * A streamer, the platform, the broadcast and its recording as one immutable value: every action makes the next one.
 */
export interface BroadcastWorld {
  readonly now: number;
  readonly isLive: boolean;
  /** The platform's id of the present or last session; 0 before the first. */
  readonly session: number;
  readonly hasTitle: boolean;
  readonly broadcasts: number;
  readonly state: BroadcastState;
  readonly recordings: readonly ModelRecording[];
  /** For the present session: live seconds that should have been recorded and were not. */
  readonly lostSeconds: number;
  readonly wasEndedByUnknown: boolean;
}

export const firstWorld: BroadcastWorld = {
  now: Date.parse('2026-11-30T18:00:00.000Z'),
  isLive: false,
  session: 0,
  hasTitle: false,
  broadcasts: 0,
  state: undefined,
  recordings: [],
  lostSeconds: 0,
  wasEndedByUnknown: false,
};

const iso = ({ now }: BroadcastWorld): string => new Date(now).toISOString();
const active = ({ recordings }: BroadcastWorld): ModelRecording | undefined =>
  recordings.find(({ isActive }) => isActive);

/** A command to the latest broadcast, with the reactions to its events. */
function told(world: BroadcastWorld, command: BroadcastCommand): BroadcastWorld {
  const events = broadcastDecider.decide(command, world.state);
  const state = events.reduce((before, event) => broadcastDecider.evolve(before, event), world.state);
  return events.reduce(reacted, { ...world, state });
}

const wanted = ({ state }: BroadcastWorld): boolean =>
  state?.value !== 'ended' && ['record', 'provisional'].includes(state?.context.decision?.decision ?? '');

function reacted(world: BroadcastWorld, event: BroadcastEvent): BroadcastWorld {
  const { state } = world;
  switch (event.type) {
    case 'RecordingDecided':
      return wanted(world) ? recorded(world) : stopped(world);
    case 'RecordingOverridden':
      return event.data.wish === 'stop' ? stopped(world) : world;
    case 'BroadcastContinued':
      return wanted(world) ? recorded(world) : world;
    case 'BroadcastEnded':
      return stopped(world, state?.context.broadcastId);
    default:
      return world;
  }
}

/** The automation starts a recording if the broadcast has none. */
function recorded(world: BroadcastWorld): BroadcastWorld {
  const { state, recordings } = world;
  if (state === undefined || state.context.recordingId !== null) return world;
  const running = active(world);
  const { broadcastId } = state.context;
  const next = running
    ? recordings.map((one) => (one === running ? { ...one, broadcastId, heldBy: broadcastId } : one))
    : [...recordings, { broadcastId, heldBy: broadcastId, isActive: true }];
  return told({ ...world, recordings: next }, { type: 'NoteRecording', at: iso(world), recordingId: next.length });
}

function stopped(world: BroadcastWorld, of?: number | null): BroadcastWorld {
  const recordings = world.recordings.map((one) =>
    of === undefined || one.heldBy === of ? { ...one, isActive: false } : one,
  );
  return { ...world, recordings };
}

export function seen(world: BroadcastWorld, sighting: Sighting): BroadcastWorld {
  const at = iso(world);
  const after = told(world, { type: 'Report', at, sighting, policy });
  if (!startsAnother(after.state, sighting)) return after;
  const broadcastId = after.broadcasts + 1;
  const formerIds = formerIdsAfter(after.state);
  return told(
    { ...after, broadcasts: broadcastId, state: undefined },
    { type: 'Start', at, broadcastId, streamerId: 1, formerIds, sighting, policy },
  );
}

const sighting = (world: BroadcastWorld, witness: Witness, word: Liveness): Sighting => ({
  ...barely(witness, word, iso(world)),
  platformId: witness === 'playlist' || word !== 'live' ? null : String(world.session),
});

function onAir(world: BroadcastWorld, session: number): BroadcastWorld {
  const live = {
    ...world,
    isLive: true,
    session,
    lostSeconds: session === world.session && world.isLive ? world.lostSeconds : 0,
  };
  return seen(live, sighting(live, 'eventsub', 'live'));
}

function started(world: BroadcastWorld): BroadcastWorld {
  if (active(world)) return world;
  const { state } = world;
  if (state === undefined || state.value === 'ended') {
    // Without a broadcast there may still be media, and then there is one.
    if (!world.isLive) return world;
    const alone = { ...world, recordings: [...world.recordings, { broadcastId: null, heldBy: null, isActive: true }] };
    return told(seen(alone, sighting(alone, 'playlist', 'live')), overridden(alone, 'record'));
  }
  const overriding = told(world, overridden(world, 'record'));
  if (state.context.recordingId === null) return recorded(overriding);
  const own = { broadcastId: null, heldBy: state.context.broadcastId, isActive: true };
  return { ...overriding, recordings: [...overriding.recordings, own] };
}

const overridden = (world: BroadcastWorld, wish: 'record' | 'stop'): BroadcastCommand => ({
  type: 'Override',
  at: iso(world),
  by: 'api',
  wish,
});

function done(world: BroadcastWorld, doing: Doing): BroadcastWorld {
  switch (doing) {
    case 'online':
      return onAir(world, Math.max(world.session, 1));
    case 'other id':
      return onAir(world, world.session + 1);
    case 'offline': {
      const gone = { ...world, isLive: false };
      return seen(gone, sighting(gone, 'eventsub', 'offline'));
    }
    case 'title': {
      const hasTitle = !world.hasTitle;
      const details = { title: hasTitle ? 'one' : 'two', category: null, tags: null };
      const command = {
        type: 'Describe',
        at: iso(world),
        witness: 'eventsub',
        changedAt: iso(world),
        details,
        policy,
      } as const;
      return told({ ...world, hasTitle }, command);
    }
    case 'start':
      return started(world);
    case 'stop':
      return stopped(told(world, overridden(world, 'stop')));
    case 'restart': {
      const { state } = world;
      const kept = state && JSON.stringify(state.context);
      return { ...world, state: state && kept ? rehydrate(state.value, JSON.parse(kept)) : undefined };
    }
    case 'poll lies':
      return seen(world, sighting(world, 'helix', world.isLive ? 'offline' : 'live'));
    case 'unknown': {
      const ended = world.state?.value === 'ended';
      const after = seen(world, sighting(world, 'helix', 'unknown'));
      return { ...after, wasEndedByUnknown: !ended && after.state?.value === 'ended' };
    }
    default:
      return doing satisfies never;
  }
}

/** One thing happens, time passes, and those who check then, check: the recorder its media, the reconciler Helix. */
export function next(world: BroadcastWorld, doing: Doing, seconds: number): BroadcastWorld {
  let after = done(world, doing);
  after = heldBySource(after);
  const isLost = after.isLive && !active(after) && after.state?.context.override?.wish !== 'stop';
  after = { ...after, now: after.now + seconds * 1000, lostSeconds: after.lostSeconds + (isLost ? seconds : 0) };
  after = heldBySource(after);
  if (doing !== 'poll lies' && doing !== 'unknown')
    after = seen(after, sighting(after, 'helix', after.isLive ? 'live' : 'offline'));
  return told(after, { type: 'PassTime', at: iso(after), policy });
}

/** What the recorder reports about its source. */
function heldBySource(world: BroadcastWorld): BroadcastWorld {
  const running = active(world);
  if (running === undefined) return world;
  if (world.isLive) return seen(world, sighting(world, 'playlist', 'live'));
  // A recording that no broadcast holds ends by itself when its source does.
  if (running.heldBy === null) return stopped(world, null);
  return seen(world, sighting(world, 'playlist', 'offline'));
}

const clipped = (instant: string | undefined, now: number): number | null =>
  instant === undefined ? null : Math.max(-2 * patienceSeconds, (Date.parse(instant) - now) / 1000);

/** Two worlds with the same key behave in the same way from then on. */
export function keyOf(world: BroadcastWorld): string {
  const { state, now, session, recordings } = world;
  const context = state?.context;
  const { away, platformIds = [], formerIds = [] } = context ?? {};
  return JSON.stringify([
    world.isLive,
    world.lostSeconds,
    world.hasTitle,
    session === 0,
    platformIds.includes(String(session)),
    formerIds.includes(String(session)),
    state?.value,
    clipped(context?.lastLiveAt, now),
    clipped(context?.endedAt ?? undefined, now),
    away && [
      away.word,
      away.absences,
      away.missedBy,
      ...[away.since, away.deadline, away.lastAbsenceAt].map((at) => clipped(at, now)),
    ],
    context && [...context.seenBy].sort(),
    context?.decision?.decision,
    context?.override?.wish,
    context?.recordingId !== null,
    recordings
      .filter(({ isActive }) => isActive)
      .map(({ broadcastId, heldBy }) => [broadcastId, heldBy].map((id) => id === null || id === context?.broadcastId)),
    context?.details.title,
  ]);
}
