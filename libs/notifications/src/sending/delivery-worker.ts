import { type CommandMetadata, ConcurrencyConflict, deterministicId, type KernelLogger } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import type { DeliveryStreams } from '../delivery-streams.js';
import { type Delivery, type DeliveryCommand, isOpen } from '../domain/delivery-decider.js';
import type { DeathReason } from '../domain/delivery-events.js';
import { digestNotice, mostAtOnce } from '../domain/digest.js';
import { expiryOf } from '../domain/notice.js';
import { Circuit, isExpired, retryDelay } from '../domain/retry.js';
import type { Target, Targets } from '../domain/target-decider.js';
import type { TargetStreams } from '../target-streams.js';
import { heldBack, toBundle } from './holding-back.js';
import type { NoticeSender } from './notice-sender.js';
import type { OpenDeliveries } from './open-deliveries.js';
import type { SendResult } from './send-result.js';

export interface DeliveryWorkerParts {
  readonly open: OpenDeliveries;
  readonly deliveries: DeliveryStreams;
  readonly targets: TargetStreams;
  readonly sender: Pick<NoticeSender, 'send'>;
  /** This process's name in the log. */
  readonly owner: string;
  /** No other process writes to this log: an attempt that is not ours is lost. */
  readonly isAlone: boolean;
  readonly logger: KernelLogger;
  /** IANA name, for quiet hours and days. */
  readonly timeZone: string;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** From 0 to 1. */
  readonly random?: () => number;
}

/** After this long an attempt counts as lost: longer than any may take. */
const lostAfterMilliseconds = 60_000;

/**
 * Empties the outbox: one notice at a time per target, in the order of the queue; targets in parallel. The start is
 * recorded before the request is sent, so that only one of several processes sends, and the notice of a dead process is
 * sent again.
 *
 * A notice that has to wait also makes later ones wait; what is refused, expired or given up makes room.
 */
export class DeliveryWorker {
  readonly #parts: Required<DeliveryWorkerParts>;
  readonly #busy = new Map<number, Promise<void>>();
  readonly #circuits = new Map<number, Circuit>();
  /** When each target recently got notices. */
  readonly #sent = new Map<number, number[]>();
  readonly #stop = new AbortController();
  #looking: Promise<void> | undefined;

  constructor(parts: DeliveryWorkerParts) {
    this.#parts = { now: Date.now, random: Math.random, ...parts };
  }

  /** ISO 8601 UTC; null if the target may be sent to. */
  restingUntil(targetId: number): string | null {
    const until = this.#circuits.get(targetId)?.restingUntil(this.#parts.now());
    return until === undefined ? null : new Date(until).toISOString();
  }

  get resting(): readonly number[] {
    return [...this.#circuits.keys()].filter((targetId) => this.restingUntil(targetId) !== null);
  }

  /** Checks what is due and starts it. Never rejects; overlapping checks become one. */
  look(): Promise<void> {
    this.#looking ??= this.#lookAtAll().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  /** Settles when nothing is being sent any more. */
  async idle(): Promise<void> {
    await Promise.all(this.#busy.values());
  }

  /** Aborts what is being sent: it is sent again after the next start. */
  async stop(): Promise<void> {
    this.#stop.abort(new Error('StreamVault was stopped'));
    await this.#looking;
    await this.idle();
  }

  async #lookAtAll(): Promise<void> {
    try {
      for (const targetId of await this.#parts.open.targets(this.#at())) {
        if (this.#stop.signal.aborted || this.#busy.has(targetId)) continue;
        const work = this.#empty(targetId).finally(() => this.#busy.delete(targetId));
        this.#busy.set(targetId, work);
      }
    } catch (error) {
      // A database is temporarily unavailable: the next check comes within seconds.
      this.#parts.logger.warn('The outbox of notices could not be read; trying again', { error });
    }
  }

  /** Never rejects. */
  async #empty(targetId: number): Promise<void> {
    try {
      const due = await this.#bundled(targetId, await this.#parts.open.of(targetId, this.#at()));
      for (const seen of due) {
        if (this.#stop.signal.aborted || !(await this.#tend(seen))) return;
      }
    } catch (error) {
      // Another process was faster, or the log is unavailable: the next check shows.
      if (error instanceof ConcurrencyConflict) return;
      this.#parts.logger.warn('A notice could not be processed; trying again', { target: targetId, error });
    }
  }

  /**
   * Combines many into one. The digest is queued first, with the ids of its notices; these are closed after that, and
   * before it is sent: after any interruption, each is reported once.
   * @returns what is left to send now
   */
  async #bundled(targetId: number, due: readonly Delivery[]): Promise<readonly Delivery[]> {
    const known = due.flatMap(({ noticeId, digestOf }) => (digestOf === null ? [] : [{ noticeId, members: digestOf }]));
    for (const { noticeId, members } of known) await this.#digested(noticeId, members);
    const told = new Set(known.flatMap(({ members }) => members));
    const rest = due.filter(({ noticeId }) => !told.has(noticeId));
    const members = toBundle(rest, this.#parts.now());
    if (members.length === 0) return rest;
    const ids = members.map(({ noticeId }) => noticeId);
    const digestId = deterministicId('digest', targetId, ...ids);
    const notice = digestNotice(members, this.#at(), this.#parts.timeZone);
    await this.#send(digestId, {
      type: 'QueueNotice',
      noticeId: digestId,
      targetId,
      notice,
      sourceEventId: digestId,
      expiresAt: expiryOf(notice),
      digestOf: ids,
      at: this.#at(),
    });
    await this.#digested(digestId, ids);
    const gone = new Set(ids);
    return rest.filter(({ noticeId }) => !gone.has(noticeId));
  }

  async #digested(digestId: string, ids: readonly string[]): Promise<void> {
    const cause = { code: 'notification.digested', message: `It is combined with others in notice ${digestId}.` };
    for (const id of ids)
      await this.#send(id, { type: 'GiveUp', attempt: 0, reason: 'digested', cause, at: this.#at() });
  }

  /** @returns whether the next one may follow */
  async #tend(seen: Delivery): Promise<boolean> {
    const { deliveries, targets, now } = this.#parts;
    if (!this.#isDue(seen)) return false;
    const { noticeId, targetId } = seen;
    const { state: delivery, revision } = await deliveries.current(noticeId);
    if (!delivery || !isOpen(delivery)) return true;
    if (!this.#isDue(delivery)) return false;
    const death = deathOf(delivery, await targets.all(), this.#at());
    if ('reason' in death) {
      await this.#send(noticeId, { type: 'GiveUp', attempt: delivery.attempts, ...death, at: this.#at() });
      return true;
    }
    const held = heldBack(delivery, death.target, {
      now: now(),
      sent: this.#sent.get(targetId) ?? [],
      zone: this.#parts.timeZone,
    });
    if (held) {
      const until = new Date(held.until).toISOString();
      await this.#send(noticeId, { type: 'Hold', until, reason: held.reason, at: this.#at() });
      return true;
    }
    if (this.#circuit(targetId).restingUntil(now()) !== undefined) return false;
    const deadline = new Date(now() + lostAfterMilliseconds).toISOString();
    const begun = await this.#send(
      noticeId,
      { type: 'BeginSending', owner: this.#parts.owner, deadline, at: this.#at() },
      revision,
    );
    return begun ? this.#deliver(begun, death.target) : true;
  }

  async #deliver(delivery: Delivery, target: Target): Promise<boolean> {
    const { sender, logger, now, random, targets } = this.#parts;
    const { noticeId, notice, attempts: attempt } = delivery;
    const result = await sender.send(target, { ...notice, id: noticeId, isTest: false }, this.#stop.signal);
    // An attempt that was aborted here has no result: the log says that it was started, which is right.
    if (this.#stop.signal.aborted && result.verdict.kind !== 'delivered') return false;
    const { verdict, status } = result;
    const circuit = this.#circuit(target.targetId);
    if (verdict.kind === 'delivered') {
      circuit.succeeded();
      this.#noteSent(target.targetId);
      await this.#send(noticeId, { type: 'ReportDelivered', attempt, status, at: this.#at() });
      return true;
    }
    const cause = { code: verdict.code, message: verdict.message };
    logger.warn('A notice was not delivered', { target: target.targetId, notice: noticeId, attempt, ...cause });
    if (verdict.kind !== 'retry') {
      circuit.succeeded();
      const reason: DeathReason = verdict.kind === 'partial' ? 'partial' : 'refused';
      await this.#send(noticeId, { type: 'GiveUp', attempt, reason, cause, at: this.#at() });
      if (verdict.kind === 'gone')
        await targets.handle(
          { type: 'SwitchOffTarget', targetId: target.targetId, cause, at: this.#at() },
          this.#metadata(deterministicId(noticeId, 'switch off', attempt)),
        );
      return true;
    }
    circuit.failed(now());
    const seconds = retryDelay(attempt, retryAfterOf(result), random());
    const retryAt = seconds === null ? null : new Date(now() + seconds * 1000).toISOString();
    if (retryAt !== null && !isExpired(delivery.expiresAt, retryAt)) {
      await this.#send(noticeId, { type: 'Defer', attempt, cause, retryAt, at: this.#at() });
      return false;
    }
    const reason = retryAt === null ? 'gave-up' : 'expired';
    await this.#send(noticeId, { type: 'GiveUp', attempt, reason, cause, at: this.#at() });
    return true;
  }

  #noteSent(targetId: number): void {
    this.#sent.set(targetId, [...(this.#sent.get(targetId) ?? []), this.#parts.now()].slice(-mostAtOnce));
  }

  #isDue({ state, dueAt, owner }: Delivery): boolean {
    const { isAlone, now, owner: self } = this.#parts;
    const isNobodys = state === 'sending' && isAlone && owner !== self;
    return isNobodys || (dueAt !== null && Date.parse(dueAt) <= now());
  }

  /** @returns the resulting state; undefined if there was nothing left to do */
  async #send(noticeId: string, command: DeliveryCommand, expected?: bigint): Promise<Delivery | undefined> {
    const { deliveries } = this.#parts;
    const handled = await deliveries.handle(noticeId, command, this.#metadata(randomUUID()), expected);
    return handled.events.length > 0 ? handled.state : undefined;
  }

  #circuit(targetId: number): Circuit {
    const known = this.#circuits.get(targetId);
    if (known) return known;
    const circuit = new Circuit();
    this.#circuits.set(targetId, circuit);
    return circuit;
  }

  #metadata(commandId: string): CommandMetadata {
    return { commandId, correlationId: commandId, causationId: commandId, actor: 'notifications', now: this.#at() };
  }

  #at(): string {
    return new Date(this.#parts.now()).toISOString();
  }
}

const retryAfterOf = ({ verdict }: SendResult): number | null =>
  verdict.kind === 'retry' ? verdict.afterSeconds : null;

type Death = { readonly reason: DeathReason; readonly cause: { readonly code: string; readonly message: string } };

/** Why a notice, or its target, gets nothing at all. */
function deathOf(
  { targetId, expiresAt, heldBecause }: Delivery,
  targets: Targets,
  at: string,
): Death | { readonly target: Target } {
  const target = targets.get(targetId);
  if (!target)
    return {
      reason: 'target-removed',
      cause: { code: 'notification.target-removed', message: 'Its target was removed.' },
    };
  if (!target.enabled)
    return { reason: 'target-off', cause: { code: 'notification.target-off', message: 'Its target is switched off.' } };
  // What is wanted once a day is news for a day.
  if (isExpired(expiresAt, at) && heldBecause !== 'digest')
    return {
      reason: 'expired',
      cause: { code: 'notification.expired', message: 'It could not be delivered while it was news.' },
    };
  return { target };
}
