import type { Claims, CommandMetadata } from '@streamvault/kernel';
import { stateName } from './domain/lifecycle.js';
import { RecordingAlreadyActive } from './domain/recording-errors.js';
import type { RecordingStreams } from './recording-streams.js';

const category = 'activerecording';
/** A claim is taken just before its recording exists; older than this, its command died in between. */
const graceMilliseconds = 30_000;

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
      isHeld: (owner, claimedAt) => this.#isActive(owner, claimedAt, metadata.now),
    });
    if (!answer.granted) throw new RecordingAlreadyActive(answer.owner);
  }

  /** The recording that has the streamer or had it last. */
  async latest(streamerId: number): Promise<number | undefined> {
    return (await this.#claims.owner(category, streamerId))?.owner;
  }

  /** The recording that is taking the streamer's broadcast now. */
  async active(streamerId: number, now: string): Promise<number | undefined> {
    const holder = await this.#claims.owner(category, streamerId);
    return holder && (await this.#isActive(holder.owner, holder.claimedAt, now)) ? holder.owner : undefined;
  }

  async #isActive(recordingId: number, claimedAt: string, now: string): Promise<boolean> {
    const state = await this.#streams.current(recordingId);
    if (!state) return Date.parse(now) - Date.parse(claimedAt) < graceMilliseconds;
    switch (stateName(state)) {
      case 'requested':
      case 'starting':
      case 'capturing':
      case 'reconnecting':
        return true;
      default:
        return false;
    }
  }
}
