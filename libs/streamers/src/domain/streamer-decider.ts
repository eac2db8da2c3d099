import type { Decider } from '@streamvault/event-sourcing';
import { StreamerNotFound } from './streamer-errors.js';
import type { StreamerEvent } from './streamer-events.js';

export interface StreamerFacts {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: 'hls' | 'demo';
  readonly autoRecord: boolean;
  readonly quality: string;
  readonly createdAt: string;
  readonly isRemoved: boolean;
}
/** undefined: never added. */
export type StreamerState = StreamerFacts | undefined;

type Changes = Partial<Pick<StreamerFacts, 'name' | 'autoRecord' | 'quality'>>;

/** `at`: when, ISO 8601 UTC. */
export type StreamerCommand = { readonly at: string; readonly streamerId: number } & (
  | {
      readonly type: 'AddStreamer';
      readonly facts: Pick<StreamerFacts, 'name' | 'url' | 'platform' | 'autoRecord' | 'quality'>;
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
    case 'StreamerChanged':
      return state && { ...state, ...withoutUndefined(event.data.changes) };
    case 'StreamerRemoved':
      return state && { ...state, isRemoved: true };
    default:
      return event satisfies never;
  }
}

function withoutUndefined(changes: { [Key in keyof Changes]: Changes[Key] | undefined }): Changes {
  return Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== undefined));
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
        const { name, autoRecord, quality } = command.changes;
        const changes: Changes = {
          ...(name !== undefined && name !== state.name && { name }),
          ...(autoRecord !== undefined && autoRecord !== state.autoRecord && { autoRecord }),
          ...(quality !== undefined && quality !== state.quality && { quality }),
        };
        return Object.keys(changes).length > 0 ? [{ type: 'StreamerChanged', data: { changes, at } }] : [];
      }
      case 'RemoveStreamer':
        return [{ type: 'StreamerRemoved', data: { at } }];
      default:
        return command satisfies never;
    }
  },
};
