import type { CommandHandling, CommandMetadata, Handled } from '@streamvault/kernel';
import {
  streamerDecider,
  type StreamerCommand,
  type StreamerFacts,
  type StreamerState,
} from './domain/streamer-decider.js';
import { streamerStream, type StreamerEvent } from './domain/streamer-events.js';

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

  /** Undefined where there is none, or none any more. */
  async find(streamerId: number): Promise<StreamerFacts | undefined> {
    const { state } = await this.#handling.current({ stream: streamerStream(streamerId), decider: streamerDecider });
    return state?.isRemoved ? undefined : state;
  }
}
