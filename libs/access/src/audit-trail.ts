import type { EventStore } from '@streamvault/event-store';
import type { CommandMetadata, EventRegistry, KernelLogger } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { type SignInEvent, signInStream } from './domain/sign-in-events.js';
import type { Addresses } from './records/addresses.js';

const failuresEveryMilliseconds = 60_000;
/** In one minute, more users than this are only counted. */
const usersAtMost = 50;

interface Failures {
  readonly from: string;
  to: string;
  count: number;
  unknownNames: number;
  readonly networks: Set<string>;
  readonly users: Map<number, number>;
}

export interface AuditTrailParts {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  readonly addresses: Addresses;
  readonly logger: KernelLogger;
}

/** Records sign-ins and sign-outs in the log. Addresses are stored beside it. */
export class AuditTrail {
  readonly #parts: AuditTrailParts;
  #failures: Failures | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: AuditTrailParts) {
    this.#parts = parts;
  }

  async tell(event: SignInEvent, metadata: CommandMetadata, address?: string | null): Promise<void> {
    const { registry, store, addresses } = this.#parts;
    // One command may tell several: each has an id of its own, or the log would take the second for a repetition.
    const written = registry.toNewEvent(event, metadata, `${signInStream} ${event.type}`);
    if (address) await addresses.keep(written.id, address, metadata.now);
    await store.append(signInStream, [written], 'any');
  }

  /** The first failure is recorded at once, later ones by the minute. */
  async failed(failure: { userId: number | undefined; network: string }, now: string): Promise<void> {
    const isFirst = this.#failures === undefined;
    const failures = (this.#failures ??= begun(now));
    failures.to = now;
    failures.count += 1;
    if (failures.networks.size < 10_000) failures.networks.add(failure.network);
    if (failure.userId === undefined) failures.unknownNames += 1;
    else failures.users.set(failure.userId, (failures.users.get(failure.userId) ?? 0) + 1);
    if (!isFirst) return;
    await this.#tellFailures();
    // From here on they are collected.
    this.#failures = begun(now);
    this.#timer = setTimeout(() => void this.flush(), failuresEveryMilliseconds);
    this.#timer.unref();
  }

  /** Records what was collected, also when the server stops. */
  async flush(): Promise<void> {
    clearTimeout(this.#timer);
    try {
      await this.#tellFailures();
    } catch (error) {
      this.#parts.logger.warn('Failed sign-ins could not be written to the log', { error });
    }
    const hadSome = (this.#failures?.count ?? 0) > 0;
    this.#failures = hadSome ? begun(new Date().toISOString()) : undefined;
    if (!hadSome) return;
    this.#timer = setTimeout(() => void this.flush(), failuresEveryMilliseconds);
    this.#timer.unref();
  }

  /** Called by Nest when the server stops. */
  async onModuleDestroy(): Promise<void> {
    await this.flush();
    clearTimeout(this.#timer);
  }

  async #tellFailures(): Promise<void> {
    const failures = this.#failures;
    if (!failures || failures.count === 0) return;
    const { from, to, count, unknownNames, networks, users } = failures;
    const worst = [...users].toSorted(([, one], [, other]) => other - one).slice(0, usersAtMost);
    const id = randomUUID();
    await this.tell(
      {
        type: 'SignInsFailed',
        data: {
          from,
          to,
          count,
          networks: networks.size,
          unknownNames,
          users: worst.map(([userId, count]) => ({ userId, count })),
        },
      },
      { commandId: id, correlationId: id, causationId: id, actor: 'access', now: to },
    );
  }
}

const begun = (now: string): Failures => ({
  from: now,
  to: now,
  count: 0,
  unknownNames: 0,
  networks: new Set(),
  users: new Map(),
});
