import { Component, computed, inject, input } from '@angular/core';
import type { LoggedEvent } from '@streamvault/api-contract';
import { ConsoleApi } from '../../api/console-api';
import { liveQuery } from '../../feed/live-query';
import { Statechart } from '../../lifecycle/statechart';
import { TimelineView } from '../../timeline/timeline';
import { formatBytes, formatDuration, formatInstant, formatSpan, formatTime } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { RecordingSteps } from '../recording/recording-steps';
import type { RecordingThen } from './recording-then';

/** A recording as it was: its state, its parts and gaps, and how far its steps were. */
@Component({
  selector: 'sv-recording-then',
  imports: [Icon, RecordingSteps, Statechart, TimelineView],
  template: `
    @if (recording().trouble; as trouble) {
      <p class="trouble"><sv-icon name="alert" /> {{ trouble.message }}</p>
    }
    <section class="sv-card box" aria-labelledby="then-lifecycle">
      <h2 id="then-lifecycle">State at that time</h2>
      @if (lifecycle.value(); as lifecycle) {
        <sv-statechart [lifecycle]="lifecycle" [events]="events()" [present]="recording().state" />
      }
      @if (deadline(); as until) {
        <p class="sv-quiet">This state would have given up at {{ until }}.</p>
      }
    </section>
    <section class="sv-card box" aria-labelledby="then-timeline">
      <h2 id="then-timeline">What it had</h2>
      <sv-timeline [recording]="recording()" [until]="until()" />
      <div class="lists">
        <div>
          <h3>Parts</h3>
          @if (parts().length > 0) {
            <ul role="list" data-testid="parts">
              @for (part of parts(); track part.number) {
                <li>
                  <strong>{{ part.number }}</strong>&ngsp;<span>{{ part.words }}</span>
                </li>
              }
            </ul>
          } @else {
            <p class="sv-quiet">None yet.</p>
          }
        </div>
        <div>
          <h3>Gaps</h3>
          @if (gaps().length > 0) {
            <ul role="list" data-testid="gaps">
              @for (gap of gaps(); track $index) {
                <li>
                  <strong>{{ gap.length }}</strong>&ngsp;<span class="sv-quiet">{{ gap.when }}</span
                  >&ngsp;<span>{{ gap.cause }}</span>
                </li>
              }
            </ul>
          } @else {
            <p class="sv-quiet">None.</p>
          }
        </div>
        <div>
          <h3>Steps</h3>
          <sv-recording-steps [steps]="recording().steps" [isEnded]="false" [recordingId]="id()" [canChange]="false" />
        </div>
      </div>
    </section>
  `,
  styles: `
    :host,
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
    }
    .box {
      gap: 1rem;
      padding: 1.15rem 1.3rem 1.3rem;
    }
    .trouble {
      padding: 0.7rem 1rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-warn-soft);
      overflow-wrap: anywhere;
    }
    .trouble sv-icon {
      color: var(--sv-warn);
    }
    .lists {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(15rem, 100%), 1fr));
      gap: 1.25rem 2rem;
    }
    h3 {
      margin-bottom: 0.4rem;
    }
    ul {
      display: grid;
      gap: 0.3rem;
    }
    li {
      overflow-wrap: anywhere;
    }
  `,
})
export class RecordingThenView {
  readonly id = input.required<number>();
  readonly recording = input.required<RecordingThen>();
  /** The events up to that point. */
  readonly events = input.required<readonly LoggedEvent[]>();
  /** The instant, for what was still open. */
  readonly at = input.required<string>();

  readonly #api = inject(ConsoleApi);
  protected readonly lifecycle = liveQuery({ params: () => 'recording', load: () => this.#api.lifecycle() });

  protected readonly until = computed(() => Date.parse(this.at()));
  protected readonly deadline = computed(() => {
    const { deadline } = this.recording();
    return deadline === null ? null : formatInstant(deadline);
  });
  protected readonly parts = computed(() =>
    this.recording().parts.map(({ number, openedAt, closedAt, durationSeconds, bytes }) => ({
      number,
      words:
        closedAt === null
          ? `open since ${formatTime(openedAt)}`
          : `${formatTime(openedAt)} to ${formatTime(closedAt)}: ${formatDuration(durationSeconds)}, ${formatBytes(bytes)}`,
    })),
  );
  protected readonly gaps = computed(() =>
    this.recording().gaps.map(({ from, to, seconds, cause }) => ({
      length: formatSpan(seconds),
      when: `${formatTime(from)} to ${formatTime(to)}`,
      cause: cause.message,
    })),
  );
}
