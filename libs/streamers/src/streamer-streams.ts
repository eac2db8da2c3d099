import type { CommandHandling, CommandMetadata, Handled } from '@streamvault/kernel';
import {
  streamerDecider,
  type StreamerCommand,
  type StreamerFacts,
  type StreamerState,
} from './domain/streamer-decider.js';
import {
  effective,
  inheritedBy,
  type ChoiceName,
  type RecordingChoices,
  type StreamerChoices,
} from './domain/choices.js';
import { type ChangeDefaultsCommand, defaultsDecider, defaultsStream } from './domain/defaults-decider.js';
import { streamerStream, type StreamerEvent } from './domain/streamer-events.js';

/** A streamer as it is recorded: its own choices, and for the rest those for all. */
export interface EffectiveStreamer extends StreamerChoices {
  readonly id: number;
  readonly name: string;
  readonly url: string;
  readonly platform: StreamerFacts['platform'];
  readonly createdAt: string;
  readonly inherited: readonly ChoiceName[];
}

/** One streamer per address. */
export const sourceClaim = (url: string) => ({ category: 'source', key: url });

/** Streamers in the log. */
export class StreamerStreams {
  readonly #handling: CommandHandling;

  constructor(handling: CommandHandling) {
    this.#handling = handling;
  }

  handle(command: StreamerCommand, metadata: CommandMetadata): Promise<Handled<StreamerState, StreamerEvent>> {
    const stream = streamerStream(command.streamerId);
    return this.#handling.handle({ stream, decider: streamerDecider, command, metadata });
  }

  /** Undefined if there is none (any more). */
  async find(streamerId: number): Promise<EffectiveStreamer | undefined> {
    const { state } = await this.#handling.current({ stream: streamerStream(streamerId), decider: streamerDecider });
    if (!state || state.isRemoved) return undefined;
    const { id, name, url, platform, createdAt } = state;
    const choices = effective(state, await this.defaults());
    return { id, name, url, platform, createdAt, ...choices, inherited: inheritedBy(state) };
  }

  /** The choices for all streamers. */
  async defaults(): Promise<RecordingChoices> {
    const { state } = await this.#handling.current({ stream: defaultsStream, decider: defaultsDecider });
    return state;
  }

  changeDefaults(command: ChangeDefaultsCommand, metadata: CommandMetadata) {
    return this.#handling.handle({ stream: defaultsStream, decider: defaultsDecider, command, metadata });
  }
}
