import { Component, computed, inject } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { JobDescription } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { Commands } from '../../commands/commands';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatSpan, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { TroublePanel } from '../../ui/trouble-panel';

/** What is done again and again: when it ran, what came of it, when it runs next. */
@Component({
  selector: 'sv-job-list',
  imports: [Icon, MatButton, TroublePanel],
  template: `
    @if (jobs.value(); as items) {
      <ul role="list" class="sv-card">
        @for (job of shown(); track job.name) {
          <li [attr.data-testid]="'job-' + job.name" [class.failed]="job.hasFailed">
            <div>
              <p class="name">{{ job.title }}</p>
              <p class="sv-quiet small">{{ job.last }}</p>
              <p class="sv-quiet small sv-numbers">{{ job.next }}</p>
            </div>
            <div class="actions">
              <button
                matButton
                type="button"
                [disabled]="commands.isBusy('job-' + job.name)"
                [attr.aria-label]="(job.paused ? 'Resume ' : 'Pause ') + job.title"
                (click)="pause(job.name, !job.paused)"
              >
                {{ job.paused ? 'Resume' : 'Pause' }}
              </button>
              <button
                matButton="tonal"
                type="button"
                [disabled]="job.isBusy || commands.isBusy('job-' + job.name)"
                [attr.aria-label]="'Run now: ' + job.title"
                (click)="run(job.name)"
              >
                <sv-icon name="retry" /> Run now
              </button>
            </div>
          </li>
        } @empty {
          <li class="sv-quiet">There are no jobs.</li>
        }
      </ul>
    } @else if (jobs.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="jobs.reload()" />
    }
  `,
  styles: `
    li {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem 1rem;
      align-items: center;
      justify-content: space-between;
      padding: 0.7rem 1.2rem;
      overflow-wrap: anywhere;
    }
    li > div:first-child {
      flex: 1 1 16rem;
      min-width: 0;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .name {
      font-weight: 600;
    }
    .small {
      font-size: 0.8125rem;
    }
    .failed .small:first-of-type {
      color: var(--sv-warn);
    }
    .actions {
      display: flex;
      gap: 0.25rem;
    }
  `,
})
export class JobList {
  readonly #api = inject(ConsoleApi);
  readonly #clock = inject(Clock);
  protected readonly commands = inject(Commands);

  protected readonly jobs = liveQuery({
    params: () => ({}),
    load: () => this.#api.jobs(),
    concerns: isOfCategory('job'),
  });
  protected readonly shown = computed(() => (this.jobs.value() ?? []).map((job) => this.#inWords(job)));

  #inWords(job: JobDescription) {
    const now = this.#clock.now();
    const { name, title, paused, running, requested, lastRun, nextRunAt } = job;
    const isBusy = running !== null || requested;
    const last =
      lastRun === null
        ? 'Has not run yet.'
        : `${formatWhen(lastRun.endedAt, now)}: ${lastRun.summary ?? lastRun.failure?.message ?? lastRun.outcome} (${formatSpan(lastRun.seconds)})`;
    const next = paused ? 'Paused' : nextRunAt === null ? '' : `Next: ${formatWhen(nextRunAt, now)}`;
    return {
      name,
      title,
      paused,
      isBusy,
      last: running === null ? last : `Runs since ${formatWhen(running.startedAt, now)}.`,
      next,
      hasFailed: lastRun !== null && lastRun.outcome !== 'succeeded',
    };
  }

  protected async run(name: string): Promise<void> {
    await this.commands.run(`job-${name}`, () => this.#api.runJob(name));
    this.jobs.reload();
  }

  protected async pause(name: string, paused: boolean): Promise<void> {
    await this.commands.run(`job-${name}`, () => this.#api.pauseJob(name, paused));
    this.jobs.reload();
  }
}
