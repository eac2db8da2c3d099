import type { Decider } from '@streamvault/kernel';
import { StreamerNotFound } from './streamer-errors.js';
import { choicesOf, type OwnChoices, sameChoices } from './choices.js';
import type { Platform, StreamerEvent } from './streamer-events.js';

export interface StreamerFacts extends OwnChoices {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: Platform;
  readonly createdAt: string;
  readonly isRemoved: boolean;
}
/** undefined: never added. */
export type StreamerState = StreamerFacts | undefined;

type Changes = Partial<OwnChoices & Pick<StreamerFacts, 'name'>>;

/** `at`: when, ISO 8601 UTC. */
export type StreamerCommand = { readonly at: string; readonly streamerId: number } & (
  | {
      readonly type: 'AddStreamer';
      readonly facts: OwnChoices & Pick<StreamerFacts, 'name' | 'url' | 'platform'>;
    }
  | { readonly type: 'ChangeStreamer'; readonly changes: Changes }
  | { readonly type: 'RemoveStreamer' }
);

function evolve(state: StreamerState, event: StreamerEvent): StreamerState {
  switch (event.type) {
    case 'StreamerAdded': {
      const { streamerId, at, ...facts } = event.data;
      return { id: streamerId, ...facts, createdAt: at, isRemoved: false };
    }
    case 'StreamerChanged': {
      const { at: _, ...facts } = event.data;
      return state && { ...state, ...facts };
    }
    case 'StreamerRemoved':
      return state && { ...state, isRemoved: true };
    default:
      return event satisfies never;
  }
}

export const streamerDecider: Decider<StreamerState, StreamerCommand, StreamerEvent> = {
  initialState: () => undefined,
  evolve,
  decide(command, state) {
    const { at, streamerId } = command;
    if (command.type === 'AddStreamer')
      return state ? [] : [{ type: 'StreamerAdded', data: { streamerId, ...command.facts, at } }];
    if (!state || state.isRemoved) throw new StreamerNotFound(streamerId);
    switch (command.type) {
      case 'ChangeStreamer': {
        const after = { ...state, ...command.changes };
        if (after.name === state.name && sameChoices(after, state)) return [];
        return [{ type: 'StreamerChanged', data: { name: after.name, ...choicesOf(after), at } }];
      }
      case 'RemoveStreamer':
        return [{ type: 'StreamerRemoved', data: { at } }];
      default:
        return command satisfies never;
    }
  },
};

/** A streamer's events as its state; undefined before the first. */
export const foldStreamer = (events: readonly { readonly type: string; readonly data: object }[]): StreamerState =>
  // The registry gives only streamer events for a streamer's stream.
  (events as readonly StreamerEvent[]).reduce<StreamerState>(evolve, undefined);
