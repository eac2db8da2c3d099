import { Component, computed, inject, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Step } from '@streamvault/api-contract';
import { Commands } from '../../commands/commands';
import { formatTime } from '../../ui/formats';
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

@Component({
  selector: 'sv-recording-steps',
  imports: [Icon, MatButton],
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
              @if (step.error) {
                <p class="error">{{ step.error }}</p>
              }
              @if (step.retry; as time) {
                <p class="sv-quiet small">Tried again at {{ time }}.</p>
              }
              @if (step.state === 'failed' && canRetry()) {
                <button
                  matButton="outlined"
                  type="button"
                  [disabled]="commands.isBusy('step-' + step.name + '-' + recordingId())"
                  [attr.aria-label]="'Retry ' + step.label"
                  (click)="retry.emit(step.name)"
                >
                  <sv-icon name="retry" /> Retry
                </button>
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
      border-color: var(--mat-sys-error);
      background: var(--mat-sys-error-container);
      color: var(--mat-sys-on-error-container);
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
    .error {
      color: var(--mat-sys-error);
      font-size: 0.875rem;
      overflow-wrap: anywhere;
    }
    .small {
      font-size: 0.8125rem;
    }
    button {
      margin-top: 0.5rem;
    }
  `,
})
export class RecordingSteps {
  readonly steps = input.required<readonly Step[]>();
  /** The recording is over: what waits now will not come any more. */
  readonly isEnded = input.required<boolean>();
  readonly recordingId = input.required<number>();
  /** Not for steps as they once were. */
  readonly canRetry = input(true);
  readonly retry = output<string>();
  protected readonly commands = inject(Commands);

  protected readonly shown = computed(() =>
    this.steps().map((step) => {
      const state = step.state === 'waiting' && this.isEnded() ? 'Not done' : stateWords[step.state];
      return {
        ...step,
        label: inWords(step.name),
        words: step.attempts > 1 ? `${state}, ${step.attempts} attempts` : state,
        retry: step.state === 'failed' && step.retryAt !== null ? formatTime(step.retryAt) : null,
      };
    }),
  );
}
