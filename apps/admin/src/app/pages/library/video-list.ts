import { DestroyRef, type Signal, computed, effect, inject, signal, untracked } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import type { LoggedEvent, Video, VideoPage } from '@streamvault/api-contract';
import { type Subscription, catchError, debounceTime, filter, firstValueFrom, map, merge, of } from 'rxjs';
import { ConsoleApi, type VideosQuery } from '../../api/console-api';
import { type Trouble, describeTrouble } from '../../api/trouble';
import { LiveFeed } from '../../feed/live-feed';
import { isNewPicture } from './new-picture';

/** Two screens of cards, and a quick answer. */
const pageSize = 96;
const settleMilliseconds = 400;

/**
 * The videos of a query, page after page during scrolling. Loaded pages stay, and nothing is fetched twice. A changed
 * video is fetched alone; new ones appear at the top. Call it in an injection context.
 */
export class VideoList {
  readonly #api = inject(ConsoleApi);
  readonly #items = signal<readonly Video[] | undefined>(undefined);
  readonly #total = signal<VideoPage['total'] | undefined>(undefined);
  readonly #next = signal<string | null>(null);
  readonly #loading = signal(false);
  readonly #trouble = signal<Trouble | undefined>(undefined);
  #running: Subscription | undefined;
  #query: VideosQuery | undefined;

  /** Undefined until the first answer. */
  readonly items = this.#items.asReadonly();
  /** The totals of all pages of the query. */
  readonly total = this.#total.asReadonly();
  readonly loading = this.#loading.asReadonly();
  readonly trouble = this.#trouble.asReadonly();
  readonly hasMore = computed(() => this.#next() !== null);

  constructor(query: Signal<VideosQuery>) {
    effect(() => {
      this.#query = query();
      untracked(() => this.reload());
    });
    const feed = inject(LiveFeed);
    feed.events
      .pipe(
        filter(({ stream }) => /^video-\d+$/.test(stream)),
        takeUntilDestroyed(),
      )
      .subscribe((event) => void this.#follow(event));
    merge(feed.caughtUp, feed.events.pipe(filter((event) => isNewPicture(event) || this.#isNew(event))))
      .pipe(debounceTime(settleMilliseconds), takeUntilDestroyed())
      .subscribe(() => this.#freshen());
    inject(DestroyRef).onDestroy(() => this.#running?.unsubscribe());
  }

  /** From the first page on. The list stays until the answer arrives. */
  reload(): void {
    this.#load(null, ({ items }) => items);
  }

  loadMore(): void {
    const cursor = this.#next();
    if (cursor === null || this.#loading()) return;
    this.#load(cursor, ({ items }) => [...(this.#items() ?? []), ...items]);
  }

  /** The video as the server returned it after a command. A video in the bin leaves the list. */
  put(video: Video): void {
    this.#items.update((items) =>
      video.bin === null
        ? items?.map((other) => (other.id === video.id ? video : other))
        : items?.filter(({ id }) => id !== video.id),
    );
  }

  /** The result of a command on several videos. */
  changeAll(ids: readonly number[], change: Partial<Video>): void {
    const changed = new Set(ids);
    this.#items.update((items) => items?.map((video) => (changed.has(video.id) ? { ...video, ...change } : video)));
  }

  /**
   * They are in the bin.
   * @returns a function that restores their places
   */
  removeAll(ids: readonly number[]): () => void {
    const removed = (this.#items() ?? []).filter(({ id }) => ids.includes(id));
    const gone = new Set(removed.map(({ id }) => id));
    this.#items.update((items) => items?.filter(({ id }) => !gone.has(id)));
    this.#count(removed, -1);
    return () => {
      const back = removed.filter(({ id }) => !this.#items()?.some((other) => other.id === id));
      const sort = this.#query?.sort ?? '-recordedAt';
      this.#items.update((items) => items && [...items, ...back].toSorted(orderOf(sort)));
      this.#count(back, 1);
    };
  }

  #count(videos: readonly Video[], sign: 1 | -1): void {
    const bytes = videos.reduce((sum, video) => sum + video.bytes, 0);
    this.#total.update(
      (total) => total && { ...total, videos: total.videos + sign * videos.length, bytes: total.bytes + sign * bytes },
    );
  }

  #load(cursor: string | null, merged: (page: VideoPage) => readonly Video[]): void {
    const query = this.#query;
    if (!query) return;
    this.#running?.unsubscribe();
    this.#loading.set(true);
    this.#running = this.#api
      .videoPage({ ...query, limit: pageSize, ...(cursor !== null && { cursor }) })
      .pipe(
        map((page) => ({ page, trouble: undefined })),
        catchError((error: unknown) => of({ page: undefined, trouble: describeTrouble(error) })),
      )
      .subscribe(({ page, trouble }) => {
        this.#loading.set(false);
        this.#trouble.set(trouble);
        if (!page) return;
        this.#items.set(merged(page));
        this.#total.set(page.total);
        this.#next.set(page.nextCursor);
      });
  }

  /** Fetches the first page again and keeps the pages after it. */
  #freshen(): void {
    const before = this.#items();
    const next = this.#next();
    if (!before || before.length <= pageSize) return this.reload();
    this.#load(null, ({ items }) => {
      const known = new Set(items.map(({ id }) => id));
      return [...items, ...before.slice(pageSize).filter(({ id }) => !known.has(id))];
    });
    // The cursor after the last page is still the same.
    this.#running?.add(() => this.#next.set(next));
  }

  #isNew({ stream }: LoggedEvent): boolean {
    return stream.startsWith('video-') && !this.#items()?.some(({ id }) => stream === `video-${id}`);
  }

  async #follow({ stream }: LoggedEvent): Promise<void> {
    const known = this.#items()?.find(({ id }) => stream === `video-${id}`);
    if (!known) return;
    try {
      this.put(await firstValueFrom(this.#api.video(String(known.id))));
    } catch {
      // It is gone, or the server is unavailable. It leaves the list with the next answer.
      this.#freshen();
    }
  }
}

/** As the server sorts. */
function orderOf(sort: VideosQuery['sort']): (one: Video, other: Video) => number {
  const sign = sort.startsWith('-') ? -1 : 1;
  const value = (video: Video): number =>
    sort.endsWith('recordedAt')
      ? Date.parse(video.recordedAt)
      : sort.endsWith('bytes')
        ? video.bytes
        : video.durationSeconds;
  return (one, other) => sign * (value(one) - value(other) || one.id - other.id);
}
