import type { BackoffOptions } from '@streamvault/failures';
import type { EventStore, Position } from '@streamvault/event-store';
import type { Reaction } from '../context/reaction.js';
import type { Role } from '../context/role.js';
import type { EventRegistry } from '../event-registry.js';
import type { KernelLogger } from '../projections/projection.js';
import { reactionCategory } from './reaction-place.js';
import { ReactionRun, type ReactionStatus } from './reaction-run.js';

export interface ReactionRunnerOptions {
  readonly store: EventStore;
  readonly registry: EventRegistry;
  /** The reactions of all roles. */
  readonly reactions: readonly Reaction[];
  readonly roles: ReadonlySet<Role>;
  readonly logger: KernelLogger;
  /** Pauses between attempts at an event. Default: up to a minute. */
  readonly backoff?: BackoffOptions | undefined;
  /** How many seconds of events a crash may cause to be handled again. Default: 10. */
  readonly noteAfterMs?: number | undefined;
}

interface Run {
  readonly work: ReactionRun;
  done: Promise<void> | undefined;
}

/**
 * Runs the reactions of this process's roles, each on its own: if one is stuck at an event, the others go on.
 *
 * Each event is handled at least once, in order. A reaction's place is stored in the log (`reaction-<name>`), some
 * seconds late: after a crash the last events are handled again, and a reaction recognizes them by their ids. If
 * several processes have the role, each of them handles the events; the second one to note the place continues from the
 * other's.
 */
export class ReactionRunner {
  readonly #runs: readonly Run[];
  readonly #store: EventStore;
  readonly #changes = new Set<() => void>();
  #stopping = new AbortController();

  /** @throws TypeError if two reactions have the same name, or one follows the notes of reactions */
  constructor(options: ReactionRunnerOptions) {
    const { backoff = { firstMs: 200, maxMs: 60_000 }, logger, noteAfterMs = 10_000, registry, roles, store } = options;
    this.#store = store;
    const names = new Set(options.reactions.map(({ name }) => name));
    if (names.size < options.reactions.length) throw new TypeError('Two reactions have the same name.');
    for (const { name, filter } of options.reactions) {
      if (filter.categories?.includes(reactionCategory) || (!filter.categories && !filter.types))
        throw new TypeError(
          `Reaction ${name} would follow what reactions note. Name the categories or types that it needs.`,
        );
    }
    const onChange = () => {
      for (const check of this.#changes) check();
    };
    this.#runs = options.reactions
      .filter(({ role }) => roles.has(role))
      .map((reaction) => ({
        work: new ReactionRun(reaction, { store, registry, logger, backoff, noteAfterMs, onChange }),
        done: undefined,
      }));
  }

  /** Starts what is not running: everything at first, later what had stopped at an event. */
  start(): void {
    if (this.#stopping.signal.aborted) this.#stopping = new AbortController();
    const { signal } = this.#stopping;
    for (const run of this.#runs) run.done ??= run.work.run(signal).finally(() => (run.done = undefined));
  }

  /** Resolves when all handling has ended and every place is noted. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs.flatMap(({ done }) => done ?? []));
  }

  /** For the reactions that this process runs. */
  status(): ReactionStatus[] {
    return this.#runs.map(({ work }) => work.status());
  }

  /** Waits until everything now in the log has been handled. False if that takes longer, or one has stopped. */
  async waitForNonStale(timeoutMs: number): Promise<boolean> {
    const head = await this.#store.headPosition();
    return head === undefined || this.#until(() => this.#runs.every(({ work }) => isBeyond(work, head)), timeoutMs);
  }

  async #until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    if (holds()) return true;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, timeoutMs);
    const check = () => {
      if (holds()) resolve();
    };
    this.#changes.add(check);
    await promise;
    clearTimeout(timer);
    this.#changes.delete(check);
    return holds();
  }
}

const isBeyond = ({ seen }: ReactionRun, head: Position): boolean => seen !== undefined && seen >= head;
