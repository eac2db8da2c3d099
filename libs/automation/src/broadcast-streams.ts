import {
  type CommandHandling,
  type CommandMetadata,
  type Claims,
  deterministicId,
  type IdSequence,
} from '@streamvault/kernel';
import type { Position } from '@streamvault/event-store';
import { formerIdsAfter, startsAnother } from './domain/another-broadcast.js';
import type { BroadcastCommand } from './domain/broadcast-commands.js';
import { broadcastDecider } from './domain/broadcast-decider.js';
import { type BroadcastEvent, broadcastStream } from './domain/broadcast-events.js';
import type { BroadcastState } from './domain/broadcast-state.js';
import type { Sighting } from './domain/sighting.js';
import type { BroadcastPolicy } from './domain/verdict.js';

const category = 'latestbroadcast';

export interface HandledBroadcast {
  readonly state: BroadcastState;
  readonly events: readonly BroadcastEvent[];
  readonly position: Position | undefined;
}

/** Broadcasts in the log: the one place that loads, folds and appends them, and knows each streamer's latest one. */
export class BroadcastStreams {
  readonly #handling: CommandHandling;
  readonly #claims: Claims;
  readonly #ids: IdSequence;
  readonly #turns = new Map<number, Promise<unknown>>();

  constructor(handling: CommandHandling, claims: Claims, ids: IdSequence) {
    this.#handling = handling;
    this.#claims = claims;
    this.#ids = ids;
  }

  /** As it is now; undefined if there is no such broadcast. */
  async current(broadcastId: number): Promise<BroadcastState> {
    const { state } = await this.#handling.current({ stream: broadcastStream(broadcastId), decider: broadcastDecider });
    return state;
  }

  /** The streamer's latest broadcast, open or over. */
  async latest(streamerId: number): Promise<BroadcastState> {
    const holder = await this.#claims.owner(category, streamerId);
    return holder && this.current(holder.owner);
  }

  /** The streamer's broadcast, if it is not over. */
  async open(streamerId: number): Promise<NonNullable<BroadcastState> | undefined> {
    const latest = await this.latest(streamerId);
    return latest?.value === 'ended' ? undefined : latest;
  }

  async tell(broadcastId: number, command: BroadcastCommand, metadata: CommandMetadata): Promise<HandledBroadcast> {
    const stream = broadcastStream(broadcastId);
    return this.#handling.handle({ stream, decider: broadcastDecider, command, metadata });
  }

  /**
   * Reports what a witness sees of a streamer, to the open broadcast or a new one. Sightings of one streamer queue up.
   * If two processes notice the same broadcast, the claim decides, and the second one reports to the broadcast that the
   * first one started.
   */
  async see(
    streamerId: number,
    sighting: Sighting,
    policy: BroadcastPolicy,
    metadata: CommandMetadata,
  ): Promise<HandledBroadcast> {
    return this.#inTurn(streamerId, () => this.#see(streamerId, sighting, policy, metadata));
  }

  async #see(
    streamerId: number,
    sighting: Sighting,
    policy: BroadcastPolicy,
    metadata: CommandMetadata,
  ): Promise<HandledBroadcast> {
    const { now: at } = metadata;
    const holder = await this.#claims.owner(category, streamerId);
    const reported = holder && (await this.tell(holder.owner, { type: 'Report', at, sighting, policy }, metadata));
    const nothing = { state: reported?.state, events: [], position: undefined };
    if (!startsAnother(reported?.state, sighting)) return reported ?? nothing;
    // A report may have ended the previous broadcast: starting another is a separate command, with its own id.
    const begins = { ...metadata, commandId: deterministicId(metadata.commandId, 'begin') };
    const broadcastId = await this.#ids.next('broadcast', begins);
    const granted = await this.#claims.claim({
      category,
      key: streamerId,
      owner: broadcastId,
      metadata: begins,
      isHeld: (owner) => this.#isHeld(owner),
    });
    if (!granted.granted) return this.tell(granted.owner, { type: 'Report', at, sighting, policy }, metadata);
    const formerIds = formerIdsAfter(reported?.state);
    const started = await this.tell(
      broadcastId,
      { type: 'Start', at, broadcastId, streamerId, formerIds, sighting, policy },
      begins,
    );
    return { ...started, events: [...(reported?.events ?? []), ...started.events] };
  }

  async #isHeld(broadcastId: number): Promise<boolean | undefined> {
    const state = await this.current(broadcastId);
    return state && state.value !== 'ended';
  }

  async #inTurn<Result>(streamerId: number, work: () => Promise<Result>): Promise<Result> {
    const turn = (this.#turns.get(streamerId) ?? Promise.resolve()).then(work, work);
    this.#turns.set(streamerId, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(streamerId) === turn) this.#turns.delete(streamerId);
    }
  }
}
