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
  /** Those of all roles. */
  readonly reactions: readonly Reaction[];
  readonly roles: ReadonlySet<Role>;
  readonly logger: KernelLogger;
  /** Between two attempts at an event; up to a minute unless told. */
  readonly backoff?: BackoffOptions | undefined;
  /** How much a crash may have handled again; 10 seconds unless told. */
  readonly noteAfterMs?: number | undefined;
}

interface Run {
  readonly work: ReactionRun;
  done: Promise<void> | undefined;
}

/**
 * Runs the reactions of this process's roles, each on its own: one that is stuck at an event does not stop the others.
 *
 * Each event is handled at least once, in order. A reaction's place is kept in the log (`reaction-<name>`), some seconds behind: after
 * a crash the last events are handled again, and a reaction recognises them by their ids. Where several processes have the role, each
 * of them handles the events; whoever notes the place second goes on from the other's.
 */
export class ReactionRunner {
  readonly #runs: readonly Run[];
  readonly #store: EventStore;
  readonly #changes = new Set<() => void>();
  #stopping = new AbortController();

  /** @throws TypeError where two reactions have one name, or one follows the notes of reactions */
  constructor(options: ReactionRunnerOptions) {
    const { backoff = { firstMs: 200, maxMs: 60_000 }, logger, noteAfterMs = 10_000, registry, roles, store } = options;
    this.#store = store;
    const names = new Set(options.reactions.map(({ name }) => name));
    if (names.size < options.reactions.length) throw new TypeError('Two reactions have the same name.');
    for (const { name, filter } of options.reactions) {
      if (filter.categories?.includes(reactionCategory) || (!filter.categories && !filter.types))
        throw new TypeError(
          `Reaction ${name} would follow what reactions note. Name the categories or types it is for.`,
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

  /** Resolves when every handling under way has ended and every place is noted. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await Promise.all(this.#runs.flatMap(({ done }) => done ?? []));
  }

  /** Of those that this process runs. */
  status(): ReactionStatus[] {
    return this.#runs.map(({ work }) => work.status());
  }

  /** Until all that is in the log by now has been handled. False where that takes longer, or one has stopped. */
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
