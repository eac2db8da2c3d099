import { Component, type ElementRef, computed, inject, input, signal, viewChild } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatSlideToggle } from '@angular/material/slide-toggle';
import { Router, RouterLink } from '@angular/router';
import type { LoggedEvent } from '@streamvault/api-contract';
import { LiveFeed } from '../../feed/live-feed';
import { EventLine } from '../../story/event-line';
import { Clock } from '../../ui/clock';
import { FilterLinks } from '../../ui/filter-links';
import { formatDay } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { keptChoice } from '../../ui/kept-choice';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { AuditHead } from './audit-head';
import { EventFilterForm } from './event-filter-form';
import { type FilterParams, filterChips, readFilters, withoutFilters, withoutSystem } from './event-filters';
import { EventLog } from './event-log';

const kinds = [
  { label: 'All', value: null },
  { label: 'Recordings', value: 'recording' },
  { label: 'Streamers', value: 'streamer' },
  { label: 'Videos', value: 'video' },
  { label: 'Access', value: 'accounts,sign_ins,api_keys,shares' },
] as const;

interface Day {
  readonly name: string;
  readonly events: LoggedEvent[];
}

/** The log itself: all events, newest first, with the filters of the address. */
@Component({
  selector: 'sv-events-page',
  imports: [
    AuditHead,
    EventFilterForm,
    EventLine,
    FilterLinks,
    Icon,
    MatButton,
    MatSlideToggle,
    RouterLink,
    Skeleton,
    TroublePanel,
  ],
  templateUrl: './events-page.html',
  styleUrl: './events-page.scss',
  host: { '(window:scroll)': 'showIfAtTop()' },
})
export default class EventsPage {
  // From the address: `?category=recording&type=StopRequested,SourceEnded&from=2026-11-22T21:00:00Z`.
  readonly category = input<unknown>();
  readonly type = input<unknown>();
  readonly stream = input<unknown>();
  readonly correlationId = input<unknown>();
  readonly from = input<unknown>();
  readonly to = input<unknown>();

  readonly #router = inject(Router);
  readonly #clock = inject(Clock);
  protected readonly feed = inject(LiveFeed);
  protected readonly kinds = kinds;
  protected readonly withoutFilters = withoutFilters;
  protected readonly lines = viewChild<ElementRef<HTMLElement>>('lines');

  readonly #read = computed(
    () =>
      readFilters({
        category: this.category(),
        type: this.type(),
        stream: this.stream(),
        correlationId: this.correlationId(),
        from: this.from(),
        to: this.to(),
      }),
    // The same filters in the address are no reason to begin again.
    { equal: (left, right) => JSON.stringify(left) === JSON.stringify(right) },
  );
  protected readonly filters = computed(() => this.#read().filters);
  protected readonly ignored = computed(() => this.#read().ignored.join(', '));
  protected readonly chips = computed(() => filterChips(this.filters()));
  protected readonly kind = computed(() => this.filters().category.join(',') || null);

  protected readonly isOn = signal(true);
  /** If the filter ends in the past, nothing new can appear. */
  protected readonly isOver = computed(() => {
    const { to } = this.filters();
    return to !== null && Date.parse(to) <= this.#clock.now();
  });
  readonly #follows = computed(() => this.isOn() && !this.isOver());
  /** Bookkeeping is shown only on demand, by this switch or by name. */
  protected readonly showsSystem = keptChoice('audit.system', false);
  protected readonly log = new EventLog({
    filters: computed(() => (this.showsSystem() ? this.filters() : withoutSystem(this.filters()))),
    follows: this.#follows,
    isReading: () => this.#isReading(),
  });

  protected readonly days = computed(() => {
    const days: Day[] = [];
    const now = this.#today();
    for (const event of this.log.list()?.shown ?? []) {
      const name = formatDay(event.recordedAt, now);
      const day = days.at(-1);
      if (day?.name === name) day.events.push(event);
      else days.push({ name, events: [event] });
    }
    return days;
  });
  /** The names of days change at midnight, not every second. */
  readonly #today = computed(() => new Date(this.#clock.now()).setHours(0, 0, 0, 0));
  protected readonly held = computed(() => {
    const list = this.log.list();
    return list && list.held.length > 0 ? `${list.held.length}${list.isLeftBehind ? ' or more' : ''} new` : null;
  });

  protected change(queryParams: FilterParams): void {
    void this.#router.navigate([], { queryParams, queryParamsHandling: 'merge' });
  }

  protected showNew(): void {
    this.log.show();
    const list = this.lines()?.nativeElement;
    // The button disappears once its events are shown, so the focus moves to the list.
    list?.focus({ preventScroll: true });
    list?.scrollIntoView({ block: 'start' });
  }

  protected showIfAtTop(): void {
    if (this.held() !== null && !this.#isReading()) this.log.show();
  }

  #isReading(): boolean {
    const list = this.lines()?.nativeElement;
    if (!list) return false;
    const focused = document.activeElement;
    return list.getBoundingClientRect().top < 0 || (focused !== list && list.contains(focused));
  }
}
