import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { ConsoleApi } from '../../api/console-api';
import { AutomationApi } from '../../automation/automation-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatBytes, formatWhen } from '../../ui/formats';
import { Skeleton } from '../../ui/skeleton';

/** What comes next: expected streamers, and jobs, in order of time. */
@Component({
  selector: 'sv-schedule-panel',
  imports: [RouterLink, Skeleton],
  template: `
    @if (isKnown()) {
      <ul role="list" class="sv-card" data-testid="schedule">
        @for (entry of entries(); track entry.key) {
          <li>
            <span class="sv-numbers when">{{ entry.when }}</span>
            <span>
              @if (entry.streamerId; as id) {
                <a dir="auto" [routerLink]="['/streamers', id]">{{ entry.name }}</a> is expected to go live
              } @else {
                {{ entry.name }}
              }
              @if (entry.about) {
                <span class="sv-quiet small">{{ entry.about }}</span>
              }
            </span>
          </li>
        } @empty {
          <li class="sv-quiet">Nothing is planned. StreamVault learns the usual times from past broadcasts.</li>
        }
      </ul>
    } @else {
      <sv-skeleton [count]="4" [height]="48" />
    }
  `,
  styles: `
    li {
      display: grid;
      grid-template-columns: 9rem minmax(0, 1fr);
      gap: 0.2rem 1rem;
      align-items: center;
      min-height: 48px;
      padding: 0.5rem 1.2rem;
      overflow-wrap: anywhere;
    }
    li:only-child:not(:has(.when)) {
      grid-template-columns: minmax(0, 1fr);
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .when {
      color: var(--mat-sys-on-surface-variant);
    }
    .small {
      display: block;
      font-size: 0.8125rem;
    }
    @media (width < 480px) {
      li {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class SchedulePanel {
  readonly #api = inject(AutomationApi);
  readonly #clock = inject(Clock);
  readonly #console = inject(ConsoleApi);

  protected readonly jobs = liveQuery({
    params: () => ({}),
    load: () => this.#console.jobs(),
    concerns: isOfCategory('job'),
  });
  protected readonly outlook = liveQuery({
    params: () => ({}),
    load: () => this.#api.preflight(),
    concerns: isOfCategory('preflight'),
  });
  protected readonly isKnown = computed(() => this.jobs.value() !== undefined || this.jobs.trouble() !== undefined);

  protected readonly entries = computed(() => {
    const now = this.#clock.now();
    const jobs = (this.jobs.value() ?? []).flatMap(({ name, title, nextRunAt }) =>
      nextRunAt === null ? [] : [{ key: name, at: nextRunAt, name: title, streamerId: null, about: '' }],
    );
    const expected = (this.outlook.value()?.report?.expected ?? []).map(({ streamerId, streamerName, at, bytes }) => ({
      key: `streamer-${streamerId}`,
      at,
      name: streamerName,
      streamerId,
      about: bytes > 0 ? `about ${formatBytes(bytes)}` : '',
    }));
    return [...expected, ...jobs]
      .toSorted((one, other) => Date.parse(one.at) - Date.parse(other.at))
      .map((entry) => ({ ...entry, when: Date.parse(entry.at) <= now ? 'Due now' : formatWhen(entry.at, now) }));
  });
}
