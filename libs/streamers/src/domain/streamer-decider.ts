import type { Decider } from '@streamvault/kernel';
import { StreamerNotFound } from './streamer-errors.js';
import type { AdChoice, Platform, StreamerEvent } from './streamer-events.js';

export interface StreamerFacts {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: Platform;
  readonly autoRecord: boolean;
  readonly quality: string;
  readonly ads: AdChoice;
  /** Names of proxies and `direct`, in the order in which they are wanted; null: as the settings say for all. */
  readonly proxies: string[] | null;
  readonly createdAt: string;
  readonly isRemoved: boolean;
}
/** undefined: never added. */
export type StreamerState = StreamerFacts | undefined;

type Changes = Partial<Pick<StreamerFacts, 'name' | 'autoRecord' | 'quality' | 'ads' | 'proxies'>>;

/** `at`: when, ISO 8601 UTC. */
export type StreamerCommand = { readonly at: string; readonly streamerId: number } & (
  | {
      readonly type: 'AddStreamer';
      readonly facts: Pick<StreamerFacts, 'name' | 'url' | 'platform' | 'autoRecord' | 'quality' | 'ads' | 'proxies'>;
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
        const { name, autoRecord, quality, ads, proxies } = { ...state, ...command.changes };
        const isSame =
          name === state.name &&
          autoRecord === state.autoRecord &&
          quality === state.quality &&
          ads === state.ads &&
          // Names have no commas.
          proxies?.join() === state.proxies?.join();
        return isSame ? [] : [{ type: 'StreamerChanged', data: { name, autoRecord, quality, ads, proxies, at } }];
      }
      case 'RemoveStreamer':
        return [{ type: 'StreamerRemoved', data: { at } }];
      default:
        return command satisfies never;
    }
  },
};

/** A streamer's events as its facts, undefined before the first. */
export const foldStreamer = (events: readonly { readonly type: string; readonly data: object }[]): StreamerState =>
  // Whoever reads a streamer's stream through the registry has streamer events.
  (events as readonly StreamerEvent[]).reduce<StreamerState>(evolve, undefined);
