import { CdkVirtualForOf, CdkVirtualScrollViewport, CdkVirtualScrollableWindow } from '@angular/cdk/scrolling';
import {
  Component,
  DestroyRef,
  type ElementRef,
  computed,
  effect,
  inject,
  input,
  untracked,
  viewChild,
} from '@angular/core';
import { MatButton } from '@angular/material/button';
import { Router, RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { elementWidth } from '../../ui/element-width';
import { Clock } from '../../ui/clock';
import { formatBytes, formatCount, formatDay } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { VideoMenu } from '../../videos/video-menu';
import { BulkBar } from './bulk-bar';
import { ContinueWatching } from './continue-watching';
import { type GridRow, gridSize, offsetsOf, rowsOf } from './grid-size';
import { RowOffsets } from './row-offsets';
import { Selection } from './selection';
import { VideoCard } from './video-card';
import { countFilters, lengths, noFilters, queryOf, sorts } from './video-filters';
import { VideoList } from './video-list';
import { VideoRow } from './video-row';

const typingMilliseconds = 250;
/** The next page is fetched this many rows before the end. */
const rowsAhead = 6;

/** Pages of the library beside its videos. */
const places = [
  { path: '/library/recordings', label: 'All recordings' },
  { path: '/library/statistics', label: 'Statistics' },
  { path: '/library/import', label: 'Import' },
  { path: '/library/names', label: 'Names' },
  { path: '/library/check', label: 'Library and disk' },
] as const;

/** All videos, with the search, filters and order of the address. */
@Component({
  selector: 'sv-library-page',
  imports: [
    BulkBar,
    CdkVirtualForOf,
    CdkVirtualScrollViewport,
    CdkVirtualScrollableWindow,
    ContinueWatching,
    Icon,
    MatButton,
    RouterLink,
    RowOffsets,
    Skeleton,
    TroublePanel,
    VideoCard,
    VideoMenu,
    VideoRow,
  ],
  templateUrl: './library-page.html',
  styleUrl: './library-page.scss',
})
export default class LibraryPage {
  readonly #api = inject(ConsoleApi);
  readonly #clock = inject(Clock);
  readonly #router = inject(Router);
  /** From the address: `?q=ferry&sort=-bytes&gaps=yes`. */
  readonly q = input<string>();
  readonly sort = input<string>();
  readonly streamer = input<string>();
  readonly category = input<string>();
  readonly from = input<string>();
  readonly to = input<string>();
  readonly length = input<string>();
  readonly gaps = input<string>();
  readonly kept = input<string>();
  readonly watched = input<string>();
  readonly view = input<string>();

  protected readonly places = places;
  protected readonly sorts = sorts;
  protected readonly lengths = lengths;
  protected readonly filters = computed(() => ({
    q: this.q(),
    sort: this.sort(),
    streamer: this.streamer(),
    category: this.category(),
    from: this.from(),
    to: this.to(),
    length: this.length(),
    gaps: this.gaps(),
    kept: this.kept(),
    watched: this.watched(),
  }));
  readonly #query = computed(() => queryOf(this.filters()), {
    equal: (one, other) => JSON.stringify(one) === JSON.stringify(other),
  });
  protected readonly words = computed(() => this.#query().q ?? '');
  protected readonly order = computed(() => this.#query().sort);
  protected readonly filterCount = computed(() => countFilters(this.filters()));
  protected readonly isList = computed(() => this.view() === 'list');

  protected readonly videos = new VideoList(this.#query);
  protected readonly streamers = liveQuery({
    params: () => ({}),
    load: () => this.#api.streamers(),
    concerns: isOfCategory('streamer'),
  });

  protected readonly space = viewChild<ElementRef<HTMLElement>>('space');
  protected readonly viewport = viewChild(CdkVirtualScrollViewport);
  readonly #width = elementWidth(this.space);
  protected readonly size = computed(() => {
    const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize) || 16;
    return gridSize(this.#width(), rem, this.isList());
  });
  /** Grouped by day if sorted by time. */
  protected readonly isByDay = computed(() => this.order().endsWith('recordedAt'));
  protected readonly rows = computed(() =>
    rowsOf(this.videos.items() ?? [], this.size().columns, this.isByDay() ? (video) => this.#dayOf(video) : () => null),
  );
  protected readonly offsets = computed(() => offsetsOf(this.rows(), this.size()));
  readonly #days = new WeakMap<Video, number>();
  /** Midnight is what changes the names of the days, not every second. */
  readonly #today = computed(() => new Date(this.#clock.now()).setHours(0, 0, 0, 0));
  protected readonly dayName = (day: number): string => formatDay(new Date(day).toISOString(), this.#today());
  protected readonly summary = computed(() => {
    const total = this.videos.total();
    if (!total) return '';
    return `${formatCount(total.videos)} ${total.videos === 1 ? 'video' : 'videos'}, ${formatBytes(total.bytes)}`;
  });

  protected readonly selection = new Selection();
  protected readonly chosen = computed(() =>
    (this.videos.items() ?? []).filter(({ id }) => this.selection.ids().has(id)),
  );

  #typing: ReturnType<typeof setTimeout> | undefined;

  constructor() {
    inject(DestroyRef).onDestroy(() => clearTimeout(this.#typing));
    effect((onCleanup) => {
      // Checked again when rows arrive, because the screen may still show the end.
      this.rows();
      const drawn = this.viewport()?.renderedRangeStream.subscribe(({ end }) => {
        if (end >= untracked(this.rows).length - rowsAhead) this.videos.loadMore();
      });
      onCleanup(() => drawn?.unsubscribe());
    });
    // Only visible videos can be selected: another search begins without a selection.
    effect(() => {
      this.#query();
      this.selection.clear();
    });
  }

  protected readonly firstOf = (_: number, { items }: GridRow<Video>): number => items[0]?.id ?? 0;

  /**
   * The midnight before it, in the user's zone. Computed once, because a long list is laid out again with each page.
   */
  #dayOf(video: Video): number {
    const known = this.#days.get(video);
    if (known !== undefined) return known;
    const day = new Date(video.recordedAt).setHours(0, 0, 0, 0);
    this.#days.set(video, day);
    return day;
  }

  protected search(words: string): void {
    this.#later({ q: words.trim() === '' ? null : words.trim() });
  }
  protected filterBy(name: string, value: string): void {
    this.#navigate({ [name]: value === '' ? null : value });
  }
  protected typeFilter(name: string, value: string): void {
    this.#later({ [name]: value.trim() === '' ? null : value.trim() });
  }
  protected clearFilters(): void {
    this.#navigate({ ...noFilters });
  }

  protected toggle(id: number, event: MouseEvent): void {
    const order = (this.videos.items() ?? []).map((video) => video.id);
    this.selection.toggle(id, event.shiftKey, order);
  }

  #later(queryParams: Record<string, string | null>): void {
    clearTimeout(this.#typing);
    this.#typing = setTimeout(() => this.#navigate(queryParams), typingMilliseconds);
  }

  #navigate(queryParams: Record<string, string | null>): void {
    void this.#router.navigate([], { queryParams, queryParamsHandling: 'merge', replaceUrl: true });
  }
}
