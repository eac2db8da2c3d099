import { Component, computed, inject, input } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import { RouterLink } from '@angular/router';
import type { QueueItem } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { Commands } from '../../commands/commands';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { whileVisible } from '../../feed/while-visible';
import { formatSpan, formatTime } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { inWords } from '../../ui/states';
import { TabLinks } from '../../ui/tab-links';
import { TroublePanel } from '../../ui/trouble-panel';
import { DetectionsPanel } from './detections-panel';
import { JobList } from './job-list';
import { SchedulePanel } from './schedule-panel';

const groups = [
  { state: 'running', label: 'Running' },
  { state: 'waiting', label: 'Waiting' },
  { state: 'blocked', label: 'Blocked' },
  { state: 'failed', label: 'Failed' },
] as const;

/** How often running work is fetched. */
const everyMilliseconds = 2000;

/** Work after recordings (running, waiting, failed), jobs, what comes next, and what was not recorded and why. */
@Component({
  selector: 'sv-activity-page',
  imports: [
    DetectionsPanel,
    Icon,
    JobList,
    MatButton,
    MatProgressBar,
    RouterLink,
    SchedulePanel,
    Skeleton,
    TabLinks,
    TroublePanel,
  ],
  template: `
    <div class="sv-page">
      <h1>Activity</h1>
      <sv-tabs label="Parts of this page" [tabs]="tabs()" [chosen]="chosen()" />
      @switch (chosen()) {
        @case ('jobs') {
          <sv-job-list />
        }
        @case ('schedule') {
          <sv-schedule-panel />
        }
        @case ('detections') {
          <sv-detections-panel />
        }
        @default {
          @if (queue.value(); as items) {
            @if (items.length === 0) {
              <p class="sv-quiet nothing">Nothing runs, nothing waits, and nothing has failed.</p>
            }
            @for (group of grouped(); track group.state) {
              <section [attr.aria-labelledby]="group.state">
                <div class="sv-head">
                  <h2 [id]="group.state">{{ group.label }} ({{ group.items.length }})</h2>
                  @if (group.state === 'failed' && group.items.length > 1) {
                    <button matButton="outlined" type="button" [disabled]="commands.isBusy('all')" (click)="retryAll()">
                      <sv-icon name="retry" /> Retry all
                    </button>
                  }
                </div>
                <ul role="list" class="sv-card">
                  @for (item of group.items; track item.recordingId + item.name) {
                    <li [attr.data-testid]="'queue-' + item.recordingId + '-' + item.name">
                      <div class="step">
                        <p>
                          <strong>{{ label(item) }}</strong> of
                          <a [routerLink]="['/recordings', item.recordingId]">{{ item.streamerName }}</a>
                        </p>
                        <p class="sv-quiet small sv-numbers">{{ words(item) }}</p>
                        @if (item.state === 'running') {
                          <mat-progress-bar
                            [mode]="item.progress === null ? 'indeterminate' : 'determinate'"
                            [value]="percentOf(item)"
                            [attr.aria-label]="label(item) + ' of ' + item.streamerName"
                          />
                        }
                      </div>
                      @if (item.state === 'failed') {
                        <button
                          matButton="outlined"
                          type="button"
                          [disabled]="commands.isBusy(key(item))"
                          [attr.aria-label]="'Retry ' + label(item) + ' of ' + item.streamerName"
                          (click)="retry(item)"
                        >
                          <sv-icon name="retry" /> Retry
                        </button>
                      }
                    </li>
                  }
                </ul>
              </section>
            }
          } @else if (queue.trouble(); as trouble) {
            <sv-trouble [trouble]="trouble" (retry)="queue.reload()" />
          } @else {
            <sv-skeleton [count]="3" [height]="64" />
          }
        }
      }
    </div>
  `,
  styles: `
    section {
      display: grid;
      gap: 0.75rem;
    }
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
      min-height: 56px;
      padding: 0.7rem 1.2rem;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .small {
      font-size: 0.8125rem;
    }
    .step {
      flex: 1 1 16rem;
    }
    mat-progress-bar {
      margin-top: 0.4rem;
      --mat-progress-bar-track-height: 6px;
      --mat-progress-bar-active-indicator-height: 6px;
      border-radius: 99px;
      overflow: hidden;
    }
    .nothing {
      padding: 3rem 0;
      text-align: center;
    }
  `,
})
export default class ActivityPage {
  readonly #api = inject(ConsoleApi);
  protected readonly commands = inject(Commands);
  /** From the address: `?tab=jobs`. */
  readonly tab = input<string>();
  protected readonly tabs = computed(() => [
    { label: 'Queue', value: null, count: this.queue.value()?.length ?? 0 },
    { label: 'Jobs', value: 'jobs' },
    { label: 'Schedule', value: 'schedule' },
    { label: 'Detections', value: 'detections' },
  ]);
  protected readonly chosen = computed(() => this.tabs().find(({ value }) => value === this.tab())?.value ?? null);

  protected readonly queue = liveQuery({
    params: () => ({}),
    load: () => this.#api.queue(),
    concerns: isOfCategory('recording'),
  });
  protected readonly grouped = computed(() =>
    groups
      .map((group) => ({ ...group, items: (this.queue.value() ?? []).filter(({ state }) => state === group.state) }))
      .filter(({ items }) => items.length > 0),
  );

  protected readonly label = ({ name }: QueueItem): string => inWords(name);
  protected readonly key = ({ recordingId, name }: QueueItem): string => `step-${name}-${recordingId}`;

  protected readonly percentOf = ({ progress }: QueueItem): number => Math.round((progress ?? 0) * 100);

  constructor() {
    // No event says how far a step is.
    whileVisible(everyMilliseconds, () => {
      if (this.queue.value()?.some(({ state }) => state === 'running')) this.queue.reload();
    });
  }

  protected words(item: QueueItem): string {
    const { state, attempts, error, retryAt, waitingFor, progress, secondsLeft } = item;
    if (error !== null) return retryAt === null ? error : `${error} Retrying at ${formatTime(retryAt)}.`;
    if (state !== 'running') return waitingFor ?? 'Waiting for its turn.';
    return [
      progress === null ? '' : `${this.percentOf(item)} %`,
      secondsLeft === null ? '' : `about ${formatSpan(Math.ceil(secondsLeft))} left`,
      attempts > 1 ? `attempt ${attempts}` : '',
    ]
      .filter((words) => words !== '')
      .join(' · ');
  }

  protected async retry(item: QueueItem): Promise<void> {
    await this.commands.run(this.key(item), () => this.#api.retryStep(item.recordingId, item.name));
    this.queue.reload();
  }

  protected async retryAll(): Promise<void> {
    const failed = (this.queue.value() ?? []).filter(({ state }) => state === 'failed');
    await this.commands.run('all', async () => {
      for (const { recordingId, name } of failed) await this.#api.retryStep(recordingId, name);
    });
    this.queue.reload();
  }
}
