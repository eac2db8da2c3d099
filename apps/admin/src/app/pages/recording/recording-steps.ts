import { Component, computed, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { MatProgressBar } from '@angular/material/progress-bar';
import type { QueueItem, Step } from '@streamvault/api-contract';
import { Commands } from '../../commands/commands';
import { formatSpan, formatTime } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { inWords } from '../../ui/states';

const stateWords = {
  waiting: 'Waiting',
  running: 'Running',
  succeeded: 'Done',
  failed: 'Failed',
  skipped: 'Skipped',
  blocked: 'Blocked by a failed step',
} as const satisfies Record<Step['state'], string>;

/** Steps of the recording itself, which continue with it. */
const ofItself: ReadonlySet<string> = new Set(['join', 'clean-up']);
/** Nothing is deleted before these have succeeded; the server refuses to skip them. */
const neverSkipped: ReadonlySet<string> = new Set([...ofItself, 'verify', 'publish']);

@Component({
  selector: 'sv-recording-steps',
  imports: [Icon, MatButton, MatProgressBar],
  template: `
    @if (shown().length > 0) {
      <ul role="list">
        @for (step of shown(); track step.name) {
          <li [attr.data-state]="step.state" [attr.data-testid]="'step-' + step.name">
            <span class="mark">
              @if (step.state === 'succeeded') {
                <sv-icon name="check" />
              } @else if (step.state === 'failed') {
                <sv-icon name="close" />
              }
            </span>
            <div>
              <p class="name">
                {{ step.label }} <span class="state">{{ step.words }}</span>
              </p>
              @if (step.state === 'running') {
                <mat-progress-bar
                  [mode]="step.percent === null ? 'indeterminate' : 'determinate'"
                  [value]="step.percent ?? 0"
                  [attr.aria-label]="step.label"
                />
              }
              @if (step.now; as words) {
                <p class="sv-quiet small sv-numbers">{{ words }}</p>
              }
              @if (step.error) {
                <p class="error">{{ step.error }}</p>
              }
              @if (step.retry; as time) {
                <p class="sv-quiet small">Retried at {{ time }}.</p>
              }
              @if (canChange() && (step.canRetry || step.canSkip)) {
                <div class="actions">
                  @if (step.canRetry) {
                    <button
                      matButton="outlined"
                      type="button"
                      [disabled]="step.isBusy"
                      [attr.aria-label]="'Retry ' + step.label"
                      (click)="retry.emit(step.name)"
                    >
                      <sv-icon name="retry" /> Retry
                    </button>
                  }
                  @if (step.canSkip) {
                    <button
                      matButton
                      type="button"
                      [disabled]="step.isBusy"
                      [attr.aria-label]="'Skip ' + step.label"
                      (click)="skip.emit(step)"
                    >
                      Skip
                    </button>
                  }
                </div>
              }
            </div>
          </li>
        }
      </ul>
    } @else {
      <p class="sv-quiet">There are none.</p>
    }
  `,
  styles: `
    ul {
      display: grid;
      gap: 0.9rem;
    }
    li {
      display: grid;
      grid-template-columns: 1.4rem minmax(0, 1fr);
      gap: 0.75rem;
    }
    .mark {
      display: grid;
      place-items: center;
      width: 1.4rem;
      height: 1.4rem;
      border: 2px solid var(--mat-sys-outline-variant);
      border-radius: 50%;
    }
    .mark sv-icon {
      width: 0.9rem;
      height: 0.9rem;
    }
    [data-state='succeeded'] .mark {
      border-color: var(--sv-ok);
      background: var(--sv-ok-soft);
      color: var(--sv-ok);
    }
    [data-state='failed'] .mark {
      border-color: var(--mat-sys-inverse-surface);
      background: var(--mat-sys-inverse-surface);
      color: var(--mat-sys-inverse-on-surface);
    }
    [data-state='running'] .mark {
      border-color: var(--sv-info);
      border-top-color: transparent;
      animation: turn 1s linear infinite;
    }
    @keyframes turn {
      to {
        rotate: 1turn;
      }
    }
    .name {
      font-weight: 600;
    }
    .state {
      margin-inline-start: 0.3rem;
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.8125rem;
      font-weight: 500;
    }
    /* Red is for what is being recorded. */
    .error {
      font-size: 0.875rem;
      overflow-wrap: anywhere;
    }
    .small {
      font-size: 0.8125rem;
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 0.5rem;
      margin-top: 0.5rem;
    }
    mat-progress-bar {
      margin-block: 0.35rem;
      --mat-progress-bar-track-height: 6px;
      --mat-progress-bar-active-indicator-height: 6px;
      border-radius: 99px;
      overflow: hidden;
    }
  `,
})
export class RecordingSteps {
  readonly steps = input.required<readonly Step[]>();
  /** The recording is over: steps that still wait will not run. */
  readonly isEnded = input.required<boolean>();
  readonly recordingId = input.required<number>();
  /** The progress of running steps, and what the others wait for, as far as the server says. */
  readonly queue = input<readonly QueueItem[]>([]);
  /** Not in views of the past. */
  readonly canChange = input(true);
  readonly retry = output<string>();
  readonly skip = output<{ readonly name: string; readonly label: string }>();
  protected readonly commands = inject(Commands);

  protected readonly shown = computed(() =>
    this.steps().map((step) => {
      const state = step.state === 'waiting' && this.isEnded() ? 'Not done' : stateWords[step.state];
      const queued = this.queue().find(({ name }) => name === step.name);
      const { progress = null, secondsLeft = null, waitingFor = null } = queued ?? {};
      const percent = progress === null ? null : Math.round(progress * 100);
      const how = [
        percent === null ? '' : `${percent} %`,
        secondsLeft === null ? '' : `about ${formatSpan(Math.ceil(secondsLeft))} left`,
      ].filter((words) => words !== '');
      const isHeldUp = step.state === 'failed' || step.error !== null;
      const retry = isHeldUp && step.retryAt !== null ? formatTime(step.retryAt) : null;
      return {
        ...step,
        label: inWords(step.name),
        words: step.attempts > 1 ? `${state}, ${step.attempts} attempts` : state,
        percent,
        now: step.state === 'running' ? how.join(' · ') : step.state === 'waiting' ? waitingFor : null,
        retry,
        canRetry: step.state === 'failed' && !ofItself.has(step.name),
        // A step that only waits for its turn needs no action.
        canSkip:
          !neverSkipped.has(step.name) && (step.state === 'failed' || step.state === 'running' || retry !== null),
        isBusy: this.commands.isBusy(`step-${step.name}-${this.recordingId()}`),
      };
    }),
  );
}
