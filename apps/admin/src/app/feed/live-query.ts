import { DestroyRef, type Signal, computed, effect, inject, linkedSignal, untracked } from '@angular/core';
import { rxResource, takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { LoggedEvent } from '@streamvault/api-contract';
import type { Observable } from 'rxjs';
import { type Trouble, describeTrouble } from '../api/trouble';
import { LiveFeed } from './live-feed';

export interface LiveQuery<Value> {
  /** The latest answer. It stays while the query runs again, and also if that fails. */
  readonly value: Signal<Value | undefined>;
  /** Why the latest attempt failed. */
  readonly trouble: Signal<Trouble | undefined>;
  readonly loading: Signal<boolean>;
  reload(): void;
}

export interface LiveQueryOptions<Value, Params> {
  /** undefined: there is nothing to fetch yet. */
  readonly params: () => Params | undefined;
  readonly load: (params: Params) => Observable<Value>;
  /** Whether this event may change the answer. */
  readonly concerns?: (event: LoggedEvent, params: Params) => boolean;
  /** Show the old answer while that of other params is fetched (a filter, not another thing). */
  readonly keepAcrossParams?: boolean;
}

/** A burst of events (a part closed, a step started, a step done) is one fetch. */
const settleMilliseconds = 150;
/** If the server is unavailable or not ready, the query retries by itself. */
const retryMilliseconds = 5000;

/**
 * A GET that stays up to date: fetched when its params change, after every event that concerns it, and when the feed
 * has caught up after an interruption. It retries by itself after a temporary failure. Fetches never overlap: an event
 * during a fetch leads to one more fetch after it. Call it in an injection context.
 */
export function liveQuery<Value, Params>(options: LiveQueryOptions<Value, Params>): LiveQuery<Value> {
  const feed = inject(LiveFeed);
  const params = computed(options.params);
  // rxResource does not load while its params are undefined.
  const resource = rxResource({ params, stream: ({ params }) => options.load(params) });

  const value = linkedSignal<{ params: Params | undefined; value: Value | undefined }, Value | undefined>({
    source: () => ({ params: params(), value: resource.hasValue() ? resource.value() : undefined }),
    computation: (now, before) => {
      if (now.value !== undefined) return now.value;
      const same = before !== undefined && before.source.params === now.params;
      return same || options.keepAcrossParams ? before?.value : undefined;
    },
  });

  // During a retry the last failure stays visible: a message that comes and goes would be read out each time.
  const trouble = linkedSignal<
    { params: Params | undefined; error: Error | undefined; loading: boolean },
    Trouble | undefined
  >({
    source: () => ({ params: params(), error: resource.error(), loading: resource.isLoading() }),
    computation: ({ params, error, loading }, before) => {
      if (error !== undefined) return before?.source.error === error ? before.value : describeTrouble(causeOf(error));
      return loading && before?.source.params === params ? before?.value : undefined;
    },
  });

  // A linked signal remembers only values that were read, and an answer that was not read yet has to be kept as well.
  effect(() => void [value(), trouble()]);

  let stale = false;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const reload = (): void => {
    if (untracked(resource.isLoading)) stale = true;
    else resource.reload();
  };
  const reloadSoon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      reload();
    }, settleMilliseconds);
  };
  effect(() => {
    if (resource.isLoading() || !stale) return;
    stale = false;
    reloadSoon();
  });
  inject(DestroyRef).onDestroy(() => clearTimeout(timer));

  effect((onCleanup) => {
    if (!trouble()?.passing) return;
    const again = setTimeout(reload, retryMilliseconds);
    onCleanup(() => clearTimeout(again));
  });

  feed.caughtUp.pipe(takeUntilDestroyed()).subscribe(reloadSoon);
  feed.events.pipe(takeUntilDestroyed()).subscribe((event) => {
    const current = untracked(params);
    if (current !== undefined && options.concerns?.(event, current)) reloadSoon();
  });

  return {
    value: value.asReadonly(),
    trouble: trouble.asReadonly(),
    loading: resource.isLoading,
    reload,
  };
}

/** rxResource wraps everything that is not an Error, and HttpErrorResponse is not one. */
const causeOf = (error: Error): unknown => error.cause ?? error;

export const isAbout =
  (...streams: readonly string[]) =>
  ({ stream }: LoggedEvent): boolean =>
    streams.includes(stream);
export const isOfCategory =
  (...categories: readonly string[]) =>
  ({ stream }: LoggedEvent): boolean =>
    categories.some((category) => stream.startsWith(`${category}-`));
/** A streamer's `activeRecordingId` follows events of these types; a part or a step changes nothing about it. */
export const changesActivity = (type: string): boolean =>
  /^(Recording(Requested|Failed|Cancelled|Retried)|StopRequested|SourceEnded|CaptureEnded)$/.test(type);
