import type { Claims, CommandMetadata } from '@streamvault/kernel';
import { isTaking, stateName } from './domain/lifecycle.js';
import { RecordingAlreadyActive } from './domain/recording-errors.js';
import type { RecordingStreams } from './recording-streams.js';

const category = 'activerecording';
/** One streamer is recorded once at a time: whoever wins the append has the streamer. */
export class ActiveRecordingClaim {
  readonly #claims: Claims;
  readonly #streams: RecordingStreams;

  constructor(claims: Claims, streams: RecordingStreams) {
    this.#claims = claims;
    this.#streams = streams;
  }

  /** @throws RecordingAlreadyActive with the id of the recording that has it */
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

  /** The recording that has the streamer or had it last. */
  async latest(streamerId: number): Promise<number | undefined> {
    return (await this.#claims.owner(category, streamerId))?.owner;
  }

  /** The recording that is taking the streamer's broadcast now. */
  async active(streamerId: number, now: string): Promise<number | undefined> {
    return this.#claims.holder({ category, key: streamerId }, (owner) => this.#isActive(owner), now);
  }

  async #isActive(recordingId: number): Promise<boolean | undefined> {
    const state = await this.#streams.current(recordingId);
    return state && isTaking(stateName(state));
  }
}
