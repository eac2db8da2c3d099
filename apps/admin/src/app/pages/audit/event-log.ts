import { DestroyRef, type Signal, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { Subscription } from 'rxjs';
import { ConsoleApi } from '../../api/console-api';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { LiveFeed } from '../../feed/live-feed';
import { whileVisible } from '../../feed/while-visible';
import { type EventFilters, filterQuery } from './event-filters';
import { type EventList, firstPage, newestPosition, showHeld, withNewer, withOlder } from './event-list';

const pageSize = 50;
const newerSize = 200;
/** With this many, the list is shown, although there may be more. */
const fewest = 1;
/** A burst of events leads to one fetch. */
const settleMilliseconds = 150;
/** The feed does not report bookkeeping, so the log is also fetched from time to time. */
const tickMilliseconds = 10_000;
const retryMilliseconds = 5000;

export interface EventLogOptions {
  readonly filters: Signal<EventFilters>;
  /** Whether new events are fetched as they are recorded. */
  readonly follows: Signal<boolean>;
  /** Whether the user reads further down; then the lines must not move. */
  readonly isReading: () => boolean;
}

/**
 * The log, newest first, growing at both ends: older events on demand, newer ones as they are recorded. The live feed
 * only says that there is something new. The new events come from the log itself, after the newest known position, so
 * nothing is missed and the server applies the filters. Create it in an injection context.
 */
export class EventLog {
  readonly #api = inject(ConsoleApi);
  readonly #options: EventLogOptions;
  readonly #list = signal<EventList | undefined>(undefined);
  readonly #trouble = signal<Trouble | undefined>(undefined);
  readonly #isBeginning = signal(true);
  readonly #isGoingBack = signal(false);
  readonly list = this.#list.asReadonly();
  readonly trouble = this.#trouble.asReadonly();
  readonly isBeginning = this.#isBeginning.asReadonly();
  readonly isGoingBack = this.#isGoingBack.asReadonly();
  #beginning: Subscription | undefined;
  #goingBack: Subscription | undefined;
  #following: Subscription | undefined;
  #isBehind = false;
  #soon: ReturnType<typeof setTimeout> | undefined;
  #again: ReturnType<typeof setTimeout> | undefined;

  constructor(options: EventLogOptions) {
    this.#options = options;
    const feed = inject(LiveFeed);
    // A fetch from the beginning returns everything, and cancels this one.
    effect(() => {
      if (options.follows()) untracked(() => this.#wake());
    });
    effect(() => {
      options.filters();
      untracked(() => this.begin());
    });
    feed.events.pipe(takeUntilDestroyed()).subscribe(() => this.#wake());
    feed.caughtUp.pipe(takeUntilDestroyed()).subscribe(() => this.#wake());
    whileVisible(tickMilliseconds, () => this.#wake());
    inject(DestroyRef).onDestroy(() => this.#stop());
  }

  /** From the newest event on. */
  begin(): void {
    this.#stop();
    this.#isBeginning.set(true);
    this.#beginning = this.#api.events({ ...this.#query(), order: 'newest', limit: pageSize }, fewest).subscribe({
      next: (page) => {
        this.#list.set(firstPage(page));
        this.#done();
      },
      error: (error: unknown) => {
        this.#fail(error);
        // A failure with other filters says nothing about these.
        this.#list.set(undefined);
      },
    });
  }

  older(): void {
    const cursor = this.#list()?.older;
    if (cursor === undefined || cursor === null || this.#isGoingBack()) return;
    this.#isGoingBack.set(true);
    const query = { ...this.#query(), order: 'newest', before: cursor, limit: pageSize } as const;
    this.#goingBack = this.#api.events(query, fewest).subscribe({
      next: (page) => {
        this.#list.update((list) => list && withOlder(list, page));
        this.#done();
      },
      error: (error: unknown) => this.#fail(error),
    });
  }

  /** Shows what was held back. */
  show(): void {
    if (this.#list()?.isLeftBehind) this.begin();
    else this.#list.update((list) => list && showHeld(list));
  }

  #wake(): void {
    if (!this.#options.follows()) return;
    this.#soon ??= setTimeout(() => {
      this.#soon = undefined;
      this.#newer();
    }, settleMilliseconds);
  }

  #newer(): void {
    const list = this.#list();
    // A running fetch from the beginning includes the new events, or the next event leads here again.
    if (!list || list.isLeftBehind || this.#isBeginning() || !this.#options.follows()) return;
    if (this.#following) {
      this.#isBehind = true;
      return;
    }
    const after = newestPosition(list);
    const since = after === undefined ? {} : { after };
    this.#following = this.#api
      .events({ ...this.#query(), ...since, order: 'oldest', limit: newerSize }, newerSize)
      .subscribe({
        next: (page) => {
          this.#following = undefined;
          if (page.items.length > 0) this.#list.update((list) => list && withNewer(list, page));
          this.#trouble.set(undefined);
          if (!this.#options.isReading()) this.show();
          if (this.#isBehind) this.#wake();
          this.#isBehind = false;
        },
        error: (error: unknown) => this.#fail(error),
      });
  }

  #query(): Record<string, string> {
    return filterQuery(this.#options.filters());
  }

  #done(): void {
    this.#trouble.set(undefined);
    this.#isBeginning.set(false);
    this.#isGoingBack.set(false);
  }

  #fail(error: unknown): void {
    const trouble = describeTrouble(error);
    const wasBeginning = this.#isBeginning();
    this.#following = undefined;
    this.#done();
    this.#trouble.set(trouble);
    if (!trouble.passing) return;
    clearTimeout(this.#again);
    this.#again = setTimeout(() => (wasBeginning ? this.begin() : this.#wake()), retryMilliseconds);
  }

  #stop(): void {
    for (const each of [this.#beginning, this.#goingBack, this.#following]) each?.unsubscribe();
    this.#following = undefined;
    this.#isBehind = false;
    this.#isGoingBack.set(false);
    clearTimeout(this.#soon);
    this.#soon = undefined;
    clearTimeout(this.#again);
  }
}
