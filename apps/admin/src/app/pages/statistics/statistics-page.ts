import { Component, computed, inject, input } from '@angular/core';
import { Router, RouterLink } from '@angular/router';
import { ConsoleApi } from '../../api/console-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { LibraryApi } from '../../library/library-api';
import { formatBytes, formatCount } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';
import { type BarRow, BarTable, capturedOf, hoursOf } from './bar-table';
import { monthName, monthsWithoutHoles } from './months';

/** What the library holds: hours, size and losses, by streamer and by month. */
@Component({
  selector: 'sv-statistics-page',
  imports: [BarTable, Icon, RouterLink, Skeleton, TroublePanel],
  templateUrl: './statistics-page.html',
  styleUrl: './statistics-page.scss',
})
export default class StatisticsPage {
  /** From the address: `?streamer=4`. */
  readonly streamer = input<string>();
  readonly #api = inject(LibraryApi);
  readonly #console = inject(ConsoleApi);
  readonly #router = inject(Router);

  readonly #streamerId = computed(() =>
    /^[1-9]\d{0,14}$/.test(this.streamer() ?? '') ? Number(this.streamer()) : undefined,
  );
  protected readonly streamers = liveQuery({ params: () => ({}), load: () => this.#console.streamers() });
  protected readonly query = liveQuery({
    params: () => ({ streamerId: this.#streamerId() }),
    load: ({ streamerId }) => this.#api.statistics(streamerId),
    concerns: isOfCategory('video'),
    keepAcrossParams: true,
  });

  protected readonly isEmpty = computed(() => this.query.value()?.total.videos === 0);
  protected readonly facts = computed(() => {
    const total = this.query.value()?.total;
    if (!total) return [];
    return [
      { name: 'Videos', value: formatCount(total.videos) },
      { name: 'Recorded', value: hoursOf(total.seconds) },
      { name: 'Size', value: formatBytes(total.bytes) },
      { name: 'Captured', value: capturedOf(total) },
      { name: 'Gaps', value: formatCount(total.gaps) },
    ];
  });
  protected readonly byStreamer = computed((): readonly BarRow[] =>
    (this.query.value()?.streamers ?? [])
      .toSorted((one, other) => other.seconds - one.seconds)
      .map((row) => ({
        ...row,
        key: String(row.streamerId),
        name: row.streamerName,
        link: { path: ['/streamers', row.streamerId] },
      })),
  );
  /** Newest first; a month without a recording is a row as well. */
  protected readonly byMonth = computed((): readonly BarRow[] =>
    monthsWithoutHoles(this.query.value()?.months ?? [])
      .toReversed()
      .map((row) => ({ ...row, key: row.month, name: monthName(row.month) })),
  );

  protected choose(value: string): void {
    const streamer = value === '' ? null : value;
    void this.#router.navigate([], { queryParams: { streamer }, queryParamsHandling: 'merge', replaceUrl: true });
  }
}
