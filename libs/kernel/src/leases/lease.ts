import { type EventStore, type Revision, type StreamName, WrongExpectedRevision } from '@streamvault/event-store';
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { EventOf } from '../event-definition.js';
import type { EventRegistry } from '../event-registry.js';
import { leaseHeld, leaseLeft } from '../kernel-events.js';
import type { KernelLogger } from '../projections/projection.js';

export interface LeaseTimes {
  /** How often the holder says that it lives, and others look. */
  readonly renewMs: number;
  /** Silence after which another process takes over. */
  readonly ttlMs: number;
}
/** Injected by tests that cannot wait so long. */
export const LEASE_TIMES = Symbol('LeaseTimes');
const usualTimes: LeaseTimes = { renewMs: 5000, ttlMs: 20_000 };
/** A clock that did not run while the machine slept: what was believed before is not worth much. */
const jumpMs = 5000;

export interface LeaseParts {
  readonly store: Pick<EventStore, 'append' | 'readStream' | 'setStreamMetadata'>;
  readonly registry: EventRegistry;
  readonly logger: Pick<KernelLogger, 'info' | 'warn'>;
  /** What is leased: one process at a time has it. Kebab-case. */
  readonly name: string;
  /** No other process can have the log: then it is always held, and nothing is written. */
  readonly isAlone: boolean;
  readonly times?: LeaseTimes | undefined;
  /** One run of a process, unlike all others. */
  readonly holder?: string;
  /** Milliseconds of a clock that nobody sets. */
  readonly monotonic?: () => number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
}

type LeaseEvent = EventOf<typeof leaseHeld | typeof leaseLeft>;
interface Head {
  readonly event: LeaseEvent;
  readonly revision: Revision;
}

/**
 * Work that one process of many does at a time. Each word is appended to the lease's stream with the expected revision, so only
 * one process can take it, and a holder that was declared dead learns that with its next word. Others measure silence by their own
 * clock since the last word that they saw; time stamps of two machines are never compared. A holder that cannot speak gives up
 * before others may take over.
 */
export class Lease {
  readonly #parts: LeaseParts;
  readonly #holder: string;
  readonly #stream: StreamName;
  readonly #times: LeaseTimes;
  readonly #monotonic: () => number;
  readonly #now: () => number;
  #isHeld = false;
  #hasRetention = false;
  /** When the last word that reached the log was sent. */
  #spokeAt = 0;
  /** The other's last word, and since when it is the last. */
  #heard: { readonly revision: Revision; readonly since: number } | undefined;
  #lookedAt: { readonly monotonic: number; readonly wall: number } | undefined;

  constructor(parts: LeaseParts) {
    this.#parts = parts;
    this.#holder = parts.holder ?? randomUUID();
    this.#stream = `lease-${parts.name}`;
    this.#times = parts.times ?? usualTimes;
    this.#monotonic = parts.monotonic ?? (() => performance.now());
    this.#now = parts.now ?? (() => Date.now());
  }

  get isHeld(): boolean {
    return this.#parts.isAlone || this.#isHeld;
  }

  /**
   * Does the work while this process holds the lease, again and again; the work's signal aborts when it is lost. Settles when
   * `signal` has aborted and the work is over.
   */
  async whileHeld(signal: AbortSignal, work: (held: AbortSignal) => Promise<void>): Promise<void> {
    if (this.#parts.isAlone) return work(signal);
    let running: { readonly abort: AbortController; readonly done: Promise<void> } | undefined;
    const end = async (): Promise<void> => {
      running?.abort.abort();
      await running?.done;
      running = undefined;
    };
    while (!signal.aborted) {
      const isHeld = await this.look();
      if (!isHeld) await end();
      else if (!running && !signal.aborted) {
        const abort = new AbortController();
        running = { abort, done: work(AbortSignal.any([abort.signal, signal])) };
      }
      await sleep(this.#times.renewMs, undefined, { signal }).catch(() => undefined);
    }
    await end();
    await this.release();
  }

  /** Renews the lease, or takes it if it is free. Never rejects. */
  async look(): Promise<boolean> {
    if (this.#parts.isAlone) return true;
    const before = this.#isHeld;
    try {
      if (this.#slept()) this.#isHeld = false;
      this.#isHeld = await this.#speak();
    } catch (error) {
      // The log is away. Others cannot take over either, but they may have a log that this process does not reach.
      const silence = this.#monotonic() - this.#spokeAt;
      this.#isHeld &&= silence < this.#times.ttlMs - this.#times.renewMs;
      this.#heard = undefined;
      this.#parts.logger.warn(`The lease of ${this.#parts.name} could not be renewed`, { error });
    }
    if (before !== this.#isHeld)
      this.#parts.logger.info(
        `This process ${this.#isHeld ? 'has' : 'no longer has'} the lease of ${this.#parts.name}`,
        {},
      );
    return this.#isHeld;
  }

  /** Another process can take it at once. */
  async release(): Promise<void> {
    if (this.#parts.isAlone || !this.#isHeld) return;
    this.#isHeld = false;
    try {
      const head = await this.#head();
      if (head && this.#isOwn(head)) await this.#append(leaseLeft.type, head.event.data.epoch, head.revision);
    } catch (error) {
      this.#parts.logger.warn(
        `The lease of ${this.#parts.name} was not released; another process takes it a little later`,
        {
          error,
        },
      );
    }
  }

  async #speak(): Promise<boolean> {
    const sentAt = this.#monotonic();
    const head = await this.#head();
    const epoch = this.#epochToHold(head, sentAt);
    if (epoch === undefined) return false;
    if (!(await this.#append(leaseHeld.type, epoch, head?.revision ?? 'no_stream'))) return false;
    this.#spokeAt = sentAt;
    this.#heard = undefined;
    return true;
  }

  /** Undefined while it is another's. */
  #epochToHold(head: Head | undefined, at: number): number | undefined {
    if (!head) return 1;
    const { event, revision } = head;
    const { epoch } = event.data;
    if (event.type === leaseLeft.type) return epoch + 1;
    // A process that lost its lease while it was stopped or cut off takes it again under a new epoch.
    if (this.#isOwn(head)) return this.#isHeld ? epoch : epoch + 1;
    if (this.#heard?.revision !== revision) this.#heard = { revision, since: at };
    return at - this.#heard.since > this.#times.ttlMs ? epoch + 1 : undefined;
  }

  #isOwn({ event }: Head): boolean {
    return event.data.holder === this.#holder;
  }

  #slept(): boolean {
    const now = { monotonic: this.#monotonic(), wall: this.#now() };
    const before = this.#lookedAt;
    this.#lookedAt = now;
    if (!before || now.wall - before.wall - (now.monotonic - before.monotonic) <= jumpMs) return false;
    this.#heard = undefined;
    return true;
  }

  async #head(): Promise<Head | undefined> {
    for await (const recorded of this.#parts.store.readStream(this.#stream, { direction: 'backwards', limit: 1 }))
      return { event: this.#parts.registry.read<LeaseEvent>(recorded), revision: recorded.revision };
    return undefined;
  }

  /** @returns false if another process was faster */
  async #append(type: LeaseEvent['type'], epoch: number, expected: Revision | 'no_stream'): Promise<boolean> {
    const { registry, store } = this.#parts;
    const at = new Date(this.#now()).toISOString();
    const id = randomUUID();
    const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'lease', now: at };
    const event = registry.toNewEvent({ type, data: { holder: this.#holder, epoch, at } }, metadata);
    try {
      await store.append(this.#stream, [event], expected);
    } catch (error) {
      if (error instanceof WrongExpectedRevision) return false;
      throw error;
    }
    if (!this.#hasRetention) await store.setStreamMetadata(this.#stream, { maxCount: 3 });
    this.#hasRetention = true;
    return true;
  }
}
