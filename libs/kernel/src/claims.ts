import { type EventStore, type Revision, type StreamName, WrongExpectedRevision } from '@streamvault/event-store';
import { hash } from 'node:crypto';
import type { CommandMetadata } from './command-metadata.js';
import { deterministicId } from './deterministic-id.js';
import { ConcurrencyConflict } from './domain-error.js';
import { EventRegistry } from './event-registry.js';
import { claimed, kernelEvents, released } from './kernel-events.js';
import type { EventOf } from './event-definition.js';

export interface ClaimName {
  /** Like a stream's category, without `-`: `active_recording`. */
  readonly category: string;
  /** Anything: a number, a URL. A long or unusual key is hashed, so that no secret in it reaches the log. */
  readonly key: string | number;
}

export interface ClaimRequest extends ClaimName {
  readonly owner: number;
  readonly metadata: CommandMetadata;
  readonly isHeld: IsHeld;
}

/**
 * Whether that owner still holds what it claimed; undefined if nothing with that number exists. A claim is taken just
 * before its thing is created, so it counts for half a minute without it. After that its command must have died in
 * between, and the name is free.
 */
export type IsHeld = (owner: number) => Promise<boolean | undefined>;

export type ClaimAnswer = { readonly granted: true } | { readonly granted: false; readonly owner: number };

export interface Holder {
  readonly owner: number;
  /** ISO 8601 UTC. */
  readonly claimedAt: string;
}

type ClaimEvent = EventOf<typeof claimed | typeof released>;

const attempts = 20;
const graceMilliseconds = 30_000;

/**
 * Exclusive names. Each has one stream, which is appended to with the expected revision, so that only one append can
 * win.
 */
export class Claims {
  readonly #store: EventStore;
  readonly #registry = new EventRegistry(kernelEvents);

  constructor(store: EventStore) {
    this.#store = store;
  }

  /** Grants a name that is free, already one's own, or no longer held by its owner. */
  async claim(request: ClaimRequest): Promise<ClaimAnswer> {
    const { owner, metadata, isHeld } = request;
    const event: ClaimEvent = { type: 'Claimed', data: { owner, claimedAt: metadata.now } };
    return this.#decide<ClaimAnswer>(request, metadata, async (holder) => {
      if (holder?.owner === owner) return { answer: { granted: true } };
      if (holder && (await stillHolds(holder, isHeld, metadata.now))) {
        return { answer: { granted: false, owner: holder.owner } };
      }
      return { answer: { granted: true }, event };
    });
  }

  /**
   * The number that has the name for ever: the one it has, or one from `next`. For things that are made once per name:
   * a command that was interrupted between the claim and the creation continues with the same number.
   */
  async ownerForGood(name: ClaimName, next: () => Promise<number>, metadata: CommandMetadata): Promise<number> {
    const holder = await this.owner(name.category, name.key);
    if (holder) return holder.owner;
    const owner = await next();
    const answer = await this.claim({ ...name, owner, metadata, isHeld: () => Promise.resolve(true) });
    return answer.granted ? owner : answer.owner;
  }

  /**
   * The owner, if it still holds the name.
   * @param now ISO 8601 UTC
   */
  async holder({ category, key }: ClaimName, isHeld: IsHeld, now: string): Promise<number | undefined> {
    const holder = await this.owner(category, key);
    return holder && (await stillHolds(holder, isHeld, now)) ? holder.owner : undefined;
  }

  async owner(category: string, key: string | number): Promise<Holder | undefined> {
    const { holder } = await this.#head(streamOf({ category, key }));
    return holder;
  }

  /** Frees the name if this owner holds it; otherwise does nothing. */
  async release(
    request: ClaimName & { readonly owner: number; readonly metadata: CommandMetadata },
  ): Promise<{ readonly released: boolean }> {
    const { owner, metadata } = request;
    const event: ClaimEvent = { type: 'Released', data: { owner, releasedAt: metadata.now } };
    return this.#decide<{ released: boolean }>(request, metadata, (holder) =>
      Promise.resolve(
        holder?.owner === owner ? { answer: { released: true }, event } : { answer: { released: false } },
      ),
    );
  }

  /** After losing a race it reads again: the other append may or may not have decided the matter. */
  async #decide<Answer>(
    name: ClaimName,
    metadata: CommandMetadata,
    decide: (holder: Holder | undefined) => Promise<{ answer: Answer; event?: ClaimEvent }>,
  ): Promise<Answer> {
    const stream = streamOf(name);
    for (let attempt = 0; attempt < attempts; attempt++) {
      const { holder, revision } = await this.#head(stream);
      const { answer, event } = await decide(holder);
      if (!event || (await this.#append(stream, event, metadata, revision))) return answer;
    }
    throw new ConcurrencyConflict();
  }

  async #head(stream: StreamName): Promise<{ holder: Holder | undefined; revision: Revision | undefined }> {
    for await (const recorded of this.#store.readStream(stream, { direction: 'backwards', limit: 1 })) {
      const event = this.#registry.read<ClaimEvent>(recorded);
      const { revision } = recorded;
      return { holder: event.type === 'Claimed' ? event.data : undefined, revision };
    }
    return { holder: undefined, revision: undefined };
  }

  async #append(
    stream: StreamName,
    event: ClaimEvent,
    metadata: CommandMetadata,
    revision: Revision | undefined,
  ): Promise<boolean> {
    const expected = revision ?? 'no_stream';
    // One command may claim, release and claim again. The place in the stream makes those ids different.
    const id = deterministicId(metadata.commandId, stream, event.type, expected);
    const append = { ...this.#registry.toNewEvent(event, metadata), id };
    try {
      await this.#store.append(stream, [append], expected);
      return true;
    } catch (error) {
      if (!(error instanceof WrongExpectedRevision)) throw error;
      return false;
    }
  }
}

async function stillHolds({ owner, claimedAt }: Holder, isHeld: IsHeld, now: string): Promise<boolean> {
  return (await isHeld(owner)) ?? Date.parse(now) - Date.parse(claimedAt) < graceMilliseconds;
}

function streamOf({ category, key }: ClaimName): StreamName {
  const text = String(key);
  return `${category}-${/^[\w.-]{1,64}$/.test(text) ? text : hash('sha256', text)}`;
}
