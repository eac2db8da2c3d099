import {
  type EventStore,
  parsePosition,
  type Position,
  type RecordedEvent,
  type Revision,
  type StreamName,
  WrongExpectedRevision,
} from '@streamvault/event-store';
import { randomUUID } from 'node:crypto';
import type { EventOf } from '../event-definition.js';
import { EventRegistry } from '../event-registry.js';
import { kernelEvents, type reactionAdvanced } from '../kernel-events.js';

/** The category of the streams in which reactions store their places; no reaction may follow it. */
export const reactionCategory = 'reaction';

/** More than one, so that an operator can see its progress. */
const kept = { maxCount: 20 };

type Advanced = EventOf<typeof reactionAdvanced>;

/** Identifies an event in this log and in every copy of it. Positions differ between stores. */
export type EventPlace = Pick<RecordedEvent, 'id' | 'stream' | 'revision' | 'position'>;

/**
 * How far a reaction has come, stored in the log itself: on `reaction-<name>`, one event for each note. So it is as
 * durable as the events that the reaction follows, and is part of backups and copies.
 */
export class ReactionPlace {
  readonly #store: EventStore;
  readonly #name: string;
  readonly #registry = new EventRegistry(kernelEvents);
  #head: Revision | undefined;
  #isBounded = false;

  constructor(store: EventStore, name: string) {
    this.#store = store;
    this.#name = name;
  }

  /** The position after which the reaction continues; `never` if it has not run yet. */
  async find(): Promise<{ readonly after: Position | 'never'; readonly isExact: boolean }> {
    for await (const recorded of this.#store.readStream(this.#stream, { direction: 'backwards', limit: 1 })) {
      this.#head = recorded.revision;
      const { data } = this.#registry.read<Advanced>(recorded);
      const after = await this.#positionOf(data);
      // Its event is missing from the log, which our programs never cause. It was noted after everything before it had
      // been handled.
      return after === undefined ? { after: recorded.position, isExact: false } : { after, isExact: true };
    }
    return { after: 'never', isExact: true };
  }

  /**
   * Notes that everything up to this event has been handled.
   * @returns `outrun` if another process notes places of the same reaction: find the place again
   */
  async note(event: EventPlace): Promise<'noted' | 'outrun'> {
    const { id, position, revision, stream } = event;
    const advanced: Advanced = {
      type: 'ReactionAdvanced',
      data: { eventId: id, stream, revision: revision.toString(), position: position.toString() },
    };
    const commandId = randomUUID();
    const metadata = {
      commandId,
      correlationId: id,
      causationId: id,
      actor: `reaction ${this.#name}`,
      now: new Date().toISOString(),
    };
    const next = this.#registry.toNewEvent(advanced, metadata, this.#stream);
    try {
      ({ revision: this.#head } = await this.#store.append(this.#stream, [next], this.#head ?? 'no_stream'));
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return 'outrun';
      throw error;
    }
    if (!this.#isBounded) await this.#store.setStreamMetadata(this.#stream, kept);
    this.#isBounded = true;
    return 'noted';
  }

  /** The position of a noted event in this log. */
  async #positionOf({ eventId, position, revision, stream }: Advanced['data']): Promise<Position | undefined> {
    const there = parsePosition(position);
    if (there !== undefined && (await this.#isAt(there, eventId))) return there;
    // A copy of the log: the same event at another position.
    const from = BigInt(revision);
    for await (const event of this.#store.readStream(stream as StreamName, { from, limit: 1 })) {
      if (event.id === eventId) return event.position;
    }
    return undefined;
  }

  async #isAt(position: Position, eventId: string): Promise<boolean> {
    try {
      return (await this.#store.eventAt(position))?.id === eventId;
    } catch (error) {
      // A number that is not a position of this store.
      if (error instanceof RangeError) return false;
      throw error;
    }
  }

  get #stream(): StreamName {
    return `${reactionCategory}-${this.#name}`;
  }
}
