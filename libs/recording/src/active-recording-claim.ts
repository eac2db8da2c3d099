import type { Claims, CommandMetadata } from '@streamvault/kernel';
import { isTaking, stateName } from './domain/lifecycle.js';
import { RecordingAlreadyActive } from './domain/recording-errors.js';
import type { RecordingStreams } from './recording-streams.js';

const category = 'activerecording';
/** A streamer has one active recording at a time: the append that succeeds first claims the streamer. */
export class ActiveRecordingClaim {
  readonly #claims: Claims;
  readonly #streams: RecordingStreams;

  constructor(claims: Claims, streams: RecordingStreams) {
    this.#claims = claims;
    this.#streams = streams;
  }

  /** @throws RecordingAlreadyActive with the id of the recording that holds the claim */
  async take(streamerId: number, recordingId: number, metadata: CommandMetadata): Promise<void> {
    const answer = await this.#claims.claim({
      category,
      key: streamerId,
      owner: recordingId,
      metadata,
      isHeld: (owner) => this.#isActive(owner),
    });
    if (!answer.granted) throw new RecordingAlreadyActive(answer.owner);
  }

  /** The recording that holds the streamer's claim, or held it last. */
  async latest(streamerId: number): Promise<number | undefined> {
    return (await this.#claims.owner(category, streamerId))?.owner;
  }

  /** The recording that is currently taking the streamer's broadcast. */
  async active(streamerId: number, now: string): Promise<number | undefined> {
    return this.#claims.holder({ category, key: streamerId }, (owner) => this.#isActive(owner), now);
  }

  async #isActive(recordingId: number): Promise<boolean | undefined> {
    const state = await this.#streams.current(recordingId);
    return state && isTaking(stateName(state));
  }
}
