import { assign, setup } from 'xstate';
import type { BroadcastContext, BroadcastInput } from './broadcast-context.js';
import type { BroadcastEvent } from './broadcast-events.js';
import { beginning, noted } from './broadcast-notes.js';

/**
 * The life of one broadcast, and the only description of it: folded over its events it gives the state, and asked with
 * `can()` it guards commands. Its events are the domain events themselves.
 */
export const broadcastMachine = setup({
  types: {
    context: {} as BroadcastContext,
    events: {} as Exclude<BroadcastEvent, { type: 'BroadcastStarted' }>,
    input: {} as BroadcastInput,
    tags: {} as 'open' | 'waiting' | 'ended',
  },
  actions: { note: assign(({ context, event }) => noted(context, event)) },
}).createMachine({
  id: 'broadcast',
  context: ({ input }) => beginning(input),
  initial: 'live',
  states: {
    live: {
      description: 'The streamer is live, according to at least one witness.',
      tags: ['open'],
      on: {
        BroadcastSeen: { actions: 'note', description: 'Another witness sees it too.' },
        BroadcastAbsenceSeen: { actions: 'note', description: 'A witness can no longer say that it sees it.' },
        BroadcastContinued: { actions: 'note', description: 'It continues under another id of the platform.' },
        BroadcastAway: { target: 'away', actions: 'note', description: 'A witness says that the streamer is away.' },
        BroadcastTitleChanged: { actions: 'note', description: 'Its title, category or tags have changed.' },
        BroadcastRaided: { actions: 'note', description: 'The streamer sent the viewers to another one.' },
        RecordingDecided: { actions: 'note', description: 'Rules and settings decided what happens with it.' },
        RecordingStopPlanned: { actions: 'note', description: 'The rules would not record what it has become.' },
        RecordingStopCalledOff: { actions: 'note', description: 'The rules would record it again.' },
        RecordingOverridden: { actions: 'note', description: 'A person started or stopped the recording.' },
        BroadcastRecorded: { actions: 'note', description: 'Its recording was started.' },
        BroadcastNotRecorded: { actions: 'note', description: 'It should be recorded, and was not.' },
        BroadcastEnded: { target: 'ended', actions: 'note', description: 'It is over.' },
      },
    },
    away: {
      description: 'The streamer is away; it is over when patience runs out.',
      tags: ['open', 'waiting'],
      on: {
        BroadcastAbsenceSeen: { actions: 'note', description: 'Somebody looked again.' },
        BroadcastContinued: { target: 'live', actions: 'note', description: 'The streamer is live again.' },
        BroadcastDeadlineMoved: {
          actions: 'note',
          description: 'Too little is known to end it; StreamVault waits.',
        },
        BroadcastTitleChanged: { actions: 'note', description: 'Its title, category or tags have changed.' },
        BroadcastRaided: { actions: 'note', description: 'The streamer sent the viewers to another one.' },
        RecordingDecided: { actions: 'note', description: 'Rules and settings decided what happens with it.' },
        RecordingStopPlanned: { actions: 'note', description: 'The rules would not record what it has become.' },
        RecordingStopCalledOff: { actions: 'note', description: 'The rules would record it again.' },
        RecordingOverridden: { actions: 'note', description: 'A person started or stopped the recording.' },
        BroadcastRecorded: { actions: 'note', description: 'Its recording was started.' },
        BroadcastNotRecorded: { actions: 'note', description: 'It should be recorded, and was not.' },
        BroadcastEnded: { target: 'ended', actions: 'note', description: 'Patience ran out, or another one began.' },
      },
    },
    ended: {
      description: 'It is over.',
      tags: ['ended'],
      on: {
        BroadcastRaided: { actions: 'note', description: 'It became known late that the viewers were sent on.' },
        BroadcastRecorded: { actions: 'note', description: 'Its recording was started just before the end.' },
        BroadcastNotRecorded: { actions: 'note', description: 'It should be recorded, and was not.' },
      },
    },
  },
});
