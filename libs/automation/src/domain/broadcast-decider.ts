import type { Decider } from '@streamvault/kernel';
import type { BroadcastCommand } from './broadcast-commands.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { type BroadcastSnapshot, type BroadcastState, evolve } from './broadcast-state.js';
import { judged } from './recording-decision.js';
import { fromSighting } from './from-sighting.js';
import { describe } from './descriptions.js';
import { hasEnoughProof, later, over } from './patience.js';

const nothing: readonly BroadcastEvent[] = [];

/** If too little is known to end it: the wait grows with the time it has lasted, starting at a minute. */
function longer(snapshot: BroadcastSnapshot, at: string): readonly BroadcastEvent[] {
  const { away } = snapshot.context;
  if (away === null) return nothing;
  const seconds = Math.max(60, (Date.parse(at) - Date.parse(away.since)) / 2000);
  const reason =
    away.word === 'unknown'
      ? {
          code: 'broadcast.nobody-could-look',
          message: 'It could not be checked whether the streamer is live. StreamVault waits.',
        }
      : { code: 'broadcast.seen-once', message: 'Only one check found the streamer to be away. StreamVault waits.' };
  return [{ type: 'BroadcastDeadlineMoved', data: { at, deadline: later(at, seconds), reason } }];
}

function passTime(snapshot: BroadcastSnapshot, at: string): readonly BroadcastEvent[] {
  const { away } = snapshot.context;
  if (away === null || Date.parse(at) < Date.parse(away.deadline)) return nothing;
  return hasEnoughProof(away) ? [over(snapshot.context, at)] : longer(snapshot, at);
}

/** The events, followed by what rules and settings decide about the resulting state. */
function andJudged(
  snapshot: BroadcastSnapshot,
  events: readonly BroadcastEvent[],
  { at, policy }: Extract<BroadcastCommand, { readonly policy: unknown }>,
): readonly BroadcastEvent[] {
  const after = events.reduce<BroadcastState>(evolve, snapshot);
  return after && after.value !== 'ended' ? [...events, ...judged(after.context, policy, at)] : events;
}

function decideKnown(command: BroadcastCommand, snapshot: BroadcastSnapshot): readonly BroadcastEvent[] {
  const { at } = command;
  const { context, value } = snapshot;
  const isOpen = value !== 'ended';
  switch (command.type) {
    case 'Start':
      return nothing;
    case 'Report':
      return isOpen ? andJudged(snapshot, fromSighting(snapshot, command.sighting, command), command) : nothing;
    case 'Describe':
      // A streamer who is away may be preparing the next broadcast.
      return value === 'live'
        ? andJudged(snapshot, describe(context, command.details, command.witness, command.changedAt), command)
        : nothing;
    case 'PassTime':
      return isOpen ? andJudged(snapshot, passTime(snapshot, at), command) : nothing;
    case 'Reconsider':
      return isOpen ? judged(context, command.policy, at) : nothing;
    case 'Override': {
      const { by, wish } = command;
      if (!isOpen || context.override?.wish === wish) return nothing;
      return [{ type: 'RecordingOverridden', data: { at, by, wish } }];
    }
    case 'NoteRaid': {
      const { raidedAt, to, viewers } = command;
      return context.raid?.to === to ? nothing : [{ type: 'BroadcastRaided', data: { at: raidedAt, to, viewers } }];
    }
    case 'NoteRecording': {
      const { recordingId } = command;
      const isKnown = context.recordingId === recordingId || context.laterRecordingIds.includes(recordingId);
      return isKnown ? nothing : [{ type: 'BroadcastRecorded', data: { at, recordingId } }];
    }
    case 'NoteRefusal': {
      const { reason } = command;
      return context.refusal?.code === reason.code ? nothing : [{ type: 'BroadcastNotRecorded', data: { at, reason } }];
    }
    case 'Abandon': {
      const reason = { code: 'streamer.removed', message: 'The streamer was removed from the list.' };
      return isOpen ? [{ type: 'BroadcastEnded', data: { at, endedAt: at, reason } }] : nothing;
    }
    default:
      return command satisfies never;
  }
}

function start({
  at,
  broadcastId,
  streamerId,
  formerIds,
  sighting,
}: BroadcastCommand & { type: 'Start' }): BroadcastEvent {
  const { witness, platformId, kind, details, startedAt } = sighting;
  const { title, category, tags } = details;
  return {
    type: 'BroadcastStarted',
    data: {
      broadcastId,
      streamerId,
      at: sighting.at,
      startedAt: startedAt ?? sighting.at,
      noticedAt: at,
      witness,
      platformId,
      kind,
      title,
      category,
      tags: tags && [...tags],
      formerIds: [...formerIds],
    },
  };
}

/** The rules of a broadcast. Nothing is refused: the reporter cannot know what happened meanwhile. */
export const broadcastDecider: Decider<BroadcastState, BroadcastCommand, BroadcastEvent> = {
  initialState: () => undefined,
  evolve,
  decide(command, snapshot) {
    if (snapshot) return decideKnown(command, snapshot);
    if (command.type !== 'Start') return nothing;
    const started = start(command);
    const first = evolve(undefined, started);
    return first ? [started, ...judged(first.context, command.policy, command.at)] : [started];
  },
};
