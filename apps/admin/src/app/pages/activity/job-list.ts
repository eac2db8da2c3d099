import { Component, computed, inject, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { ChangeJobBody, JobDescription } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { AutomationApi } from '../../automation/automation-api';
import { Commands } from '../../commands/commands';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatSpan, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { TroublePanel } from '../../ui/trouble-panel';
import { readSchedule, scheduleInZone, writeSchedule } from './schedule-words';

/** Jobs: when each ran, with what result, and when it runs next. */
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
              @if (open() === job.name) {
                <form (submit)="setSchedule($event, job.name, box.value)">
                  <label class="sv-field">
                    When: 30 min, 6 h, 04:30, or five cron fields ({{ job.timeZone }})
                    <input #box class="sv-input" name="schedule" required autocomplete="off" [value]="job.written" />
                  </label>
                  @if (problem(); as words) {
                    <p class="problem small" role="alert">{{ words }}</p>
                  }
                  <div class="actions">
                    <button matButton="tonal" type="submit">Save</button>
                    @if (job.isChanged) {
                      <button matButton type="button" (click)="resetSchedule(job.name)">
                        As before: {{ job.own }}
                      </button>
                    }
                    <button matButton type="button" (click)="open.set(null)">Go back</button>
                  </div>
                </form>
              }
            </div>
            <div class="actions">
              <button
                matButton
                type="button"
                [attr.aria-label]="'Change the schedule of ' + job.title"
                [attr.aria-expanded]="open() === job.name"
                (click)="toggle(job.name)"
              >
                Schedule
              </button>
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
    form {
      display: grid;
      gap: 0.6rem;
      padding-top: 0.6rem;
    }
    .problem {
      color: var(--mat-sys-error);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 0.25rem;
    }
  `,
})
export class JobList {
  readonly #api = inject(ConsoleApi);
  readonly #automation = inject(AutomationApi);
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
    const { name, title, paused, running, requested, lastRun, nextRunAt, schedule, ownSchedule, timeZone } = job;
    const isBusy = running !== null || requested;
    const last =
      lastRun === null
        ? 'Has not run yet.'
        : `${formatWhen(lastRun.endedAt, now)}: ${lastRun.summary ?? lastRun.failure?.message ?? lastRun.outcome} (${formatSpan(lastRun.seconds)})`;
    const words = scheduleInZone(schedule, timeZone);
    const next = paused
      ? `Paused (${words})`
      : nextRunAt === null
        ? words
        : `Next: ${formatWhen(nextRunAt, now)} (${words})`;
    return {
      name,
      title,
      paused,
      isBusy,
      last: running === null ? last : `Runs since ${formatWhen(running.startedAt, now)}.`,
      next,
      timeZone,
      written: writeSchedule(schedule),
      own: scheduleInZone(ownSchedule, timeZone),
      isChanged: JSON.stringify(schedule) !== JSON.stringify(ownSchedule),
      hasFailed: lastRun !== null && lastRun.outcome !== 'succeeded',
    };
  }

  /** The one whose schedule is being changed. */
  protected readonly open = signal<string | null>(null);
  protected readonly problem = signal<string | null>(null);

  protected toggle(name: string): void {
    this.problem.set(null);
    this.open.update((open) => (open === name ? null : name));
  }

  protected async setSchedule(event: Event, name: string, text: string): Promise<void> {
    event.preventDefault();
    const schedule = readSchedule(text);
    if (!schedule) {
      this.problem.set('Write 30 min, 6 h, 2 d, a time such as 04:30, or five cron fields.');
      return;
    }
    await this.#change(name, { schedule });
  }
  protected resetSchedule(name: string): Promise<void> {
    return this.#change(name, { schedule: null });
  }
  async #change(name: string, body: ChangeJobBody): Promise<void> {
    const changed = await this.commands.run(`job-${name}`, () => this.#automation.changeJob(name, body));
    if (changed) this.open.set(null);
    this.jobs.reload();
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
