import type { EventStore } from '@streamvault/event-store';
import {
  defineEvent,
  deterministicId,
  type EventOf,
  type EventRegistry,
  followLog,
  type KernelLogger,
} from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';

/*
 * Which recorders live. A recording's own stream says which of them has it (`RecorderAssigned`); that its recorder lives stands
 * apart, once per process and not per recording: a hundred recordings make no more of it than one.
 */

export const recorderLeaseCategory = 'recorderlease';
const leaseStream = (recorderId: string): `recorderlease-${string}` => `recorderlease-${recorderId}`;

const word = z.object({ recorderId: z.string(), at: z.string() });
/** Said every few seconds by every recorder of a log that several share; only the last ones are kept. */
export const recorderLeaseRenewed = defineEvent({ type: 'RecorderLeaseRenewed', version: 1, schema: word });
/** It goes, and what it had can be taken over at once. */
export const recorderLeaseReleased = defineEvent({ type: 'RecorderLeaseReleased', version: 1, schema: word });
export const recorderLeaseEvents = [recorderLeaseRenewed, recorderLeaseReleased];

/** Well above what a cluster takes to elect another leader, and below the half minute that most playlists reach back. */
const TTL_MS = 20_000;
const RENEW_MS = 5_000;
/** A clock that did not run while the machine slept, or a thread that stood still: what it believes is not worth much. */
const JUMP_MS = 5_000;

export interface RecorderLeasesParts {
  readonly store: Pick<EventStore, 'append' | 'headPosition' | 'setStreamMetadata' | 'subscribe'>;
  readonly registry: EventRegistry;
  readonly logger: KernelLogger;
  /** One run of a process, unlike all others. Without `-`. */
  readonly recorderId: string;
  /** No other process can have the log: every other recorder is a former one. */
  readonly isAlone: boolean;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

/**
 * Tells the other recorders of a log that this one lives, and knows which of them do. Silence is measured by this process's own
 * clock, from when it heard the last renewal: time stamps of two machines are never compared. Where that clock stood still, or this
 * process did not get to hear, everybody gets the whole time again: one who lags may not declare the living dead.
 */
export class RecorderLeases {
  readonly recorderId: string;
  readonly isAlone: boolean;
  readonly #parts: RecorderLeasesParts;
  readonly #monotonic: () => number;
  readonly #now: () => number;
  /** When each was heard last, by the monotonic clock. */
  readonly #heard = new Map<string, number>();
  readonly #released = new Set<string>();
  /** Since when all that is said is heard; undefined while this process catches up. */
  #listeningSince: number | undefined;
  #lookedAt: { readonly monotonic: number; readonly wall: number } | undefined;

  constructor(parts: RecorderLeasesParts) {
    this.#parts = parts;
    this.recorderId = parts.recorderId;
    this.isAlone = parts.isAlone;
    this.#monotonic = parts.monotonic ?? (() => performance.now());
    this.#now = parts.now ?? (() => Date.now());
  }

  /** Whether a recording that was assigned to that recorder can be taken: it is ours, nobody's, or that of a dead one. */
  mayTake(recorder: string | null): boolean {
    if (recorder === null || recorder === this.recorderId || this.isAlone) return true;
    if (this.#released.has(recorder)) return true;
    const listening = this.#listening();
    if (listening === undefined) return false;
    const heard = Math.max(this.#heard.get(recorder) ?? listening, listening);
    return this.#monotonic() - heard > TTL_MS;
  }

  /** Renews this recorder's lease and follows the others', until the signal aborts. Nothing to do where there are no others. */
  async run(signal: AbortSignal): Promise<void> {
    if (this.isAlone) return;
    await Promise.all([this.#renew(signal), this.#follow(signal)]);
  }

  /** The last word: what this recorder had is free. */
  async release(): Promise<void> {
    if (this.isAlone) return;
    await this.#say(recorderLeaseReleased.type).catch((error: unknown) =>
      this.#parts.logger.warn('The recorder could not say that it goes; others take over a little later', { error }),
    );
  }

  /** Since when this process has listened without a break, as far as it can tell. */
  #listening(): number | undefined {
    const monotonic = this.#monotonic();
    const wall = this.#now();
    const before = this.#lookedAt;
    this.#lookedAt = { monotonic, wall };
    const slept = before ? wall - before.wall - (monotonic - before.monotonic) : 0;
    if (this.#listeningSince !== undefined && slept > JUMP_MS) this.#listeningSince = monotonic;
    return this.#listeningSince;
  }

  async #renew(signal: AbortSignal): Promise<void> {
    const { logger, store } = this.#parts;
    let hasRetention = false;
    while (!signal.aborted) {
      try {
        if (!hasRetention) await store.setStreamMetadata(leaseStream(this.recorderId), { maxCount: 3 });
        hasRetention = true;
        await this.#say(recorderLeaseRenewed.type);
      } catch (error) {
        // It goes on recording; if the log stays away, others take over, and this one learns of that when it is back.
        logger.warn('The lease of this recorder could not be renewed', { error });
      }
      await sleep(RENEW_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  async #say(type: string): Promise<void> {
    const { recorderId } = this;
    const { registry, store } = this.#parts;
    const at = new Date(this.#now()).toISOString();
    const commandId = deterministicId('recorder-lease', recorderId, randomUUID());
    const metadata = { commandId, correlationId: commandId, causationId: commandId, actor: 'recorder', now: at };
    const event = registry.toNewEvent({ type, data: { recorderId, at } }, metadata);
    await store.append(leaseStream(recorderId), [event], 'any');
  }

  async #follow(signal: AbortSignal): Promise<void> {
    const { logger, registry, store } = this.#parts;
    await followLog<EventOf<(typeof recorderLeaseEvents)[number]>>({
      store,
      registry,
      filter: { categories: [recorderLeaseCategory] },
      from: 'end',
      signal,
      handle: ({ type, data: { recorderId } }) => {
        this.#heard.set(recorderId, this.#monotonic());
        if (type === recorderLeaseReleased.type) this.#released.add(recorderId);
      },
      onCaughtUp: () => (this.#listeningSince ??= this.#monotonic()),
      onError: (error) => {
        this.#listeningSince = undefined;
        logger.warn('Other recorders cannot be heard; nothing is taken over from them meanwhile', { error });
      },
    });
  }
}
