import { Component, computed, inject, input } from '@angular/core';
import type { Recording } from '@streamvault/api-contract';
import { Clock } from '../ui/clock';
import { formatClock, formatDuration, formatSpan } from '../ui/formats';
import { Icon } from '../ui/icon';
import { recordingFigures } from './recording-figures';

/**
 * Says that no bytes arrive (or that the video waits for its disk), for how long, why, and what happens next. Empty
 * otherwise.
 */
@Component({
  selector: 'sv-silence-notice',
  imports: [Icon],
  template: `
    <div role="status">
      @if (silence(); as silence) {
        <div class="notice" data-testid="silence">
          <sv-icon name="alert" />
          <div>
            <p class="what">
              @if (isFinalizing()) {
                The video cannot be made yet
              } @else if (waitsUntil(); as time) {
                Waiting for the stream to come back, until {{ time }}
              } @else {
                {{ silence.span === null ? 'No bytes are arriving' : 'No bytes' }}
              }
              <!-- It ticks: read out each second it would drown everything else. -->
              @if (silence.span !== null && waitsUntil() === null) {
                <span aria-hidden="true" class="sv-numbers">for {{ silence.span }}</span
                ><span class="sv-sr-only">are arriving</span>
              }
            </p>
            @for (message of silence.causes; track message) {
              <p>{{ message }}</p>
            }
            @if (waitsUntil() !== null) {
              <p class="hint">Then the video is finished. To have it now, stop the recording.</p>
            } @else if (patience(); as rest) {
              <p class="hint sv-numbers" aria-hidden="true">StreamVault retries the source for another {{ rest }}.</p>
            } @else if (!isFinalizing()) {
              <p class="hint">It continues with the next byte.</p>
            }
          </div>
        </div>
      }
    </div>
  `,
  styles: `
    /* Empty, it takes no place, but is there: what appears in it is to be read out. */
    :host:not(:has(.notice)) {
      position: absolute;
    }
    .notice {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0.75rem;
      padding: 0.8rem 1rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-warn-soft);
      overflow-wrap: anywhere;
    }
    sv-icon {
      width: 1.4rem;
      height: 1.4rem;
      color: var(--sv-warn);
    }
    .what {
      font-weight: 650;
    }
    .hint {
      font-size: 0.875rem;
    }
  `,
})
export class SilenceNotice {
  readonly recording = input.required<Recording>();
  readonly #clock = inject(Clock);
  readonly #figures = recordingFigures(this.recording);

  protected readonly isFinalizing = computed(() => this.recording().state === 'finalizing');

  protected readonly silence = computed(() => {
    const { interruption, stalls } = this.recording();
    const { stalledSeconds, lastByteAgeSeconds } = this.#figures();
    if (stalledSeconds === null && interruption === null) return null;
    const lasting = stalls.find(({ to }) => to === null)?.cause;
    const causes = [lasting, interruption].flatMap((cause) => (cause ? [cause.message] : []));
    const seconds = stalledSeconds ?? lastByteAgeSeconds;
    const span = seconds === null ? null : formatSpan(Math.round(seconds));
    return { span, causes: [...new Set(causes)] };
  });

  /** The source itself said that it ends: what is awaited is a streamer, and no byte. */
  protected readonly waitsUntil = computed(() => {
    const { deadline, interruption, state } = this.recording();
    const isPaused = state === 'reconnecting' && interruption?.code === 'source.ended';
    return isPaused && deadline !== null ? formatClock(deadline) : null;
  });

  protected readonly patience = computed(() => {
    const { deadline, state } = this.recording();
    if (deadline === null || state !== 'reconnecting') return null;
    const rest = (Date.parse(deadline) - this.#clock.now()) / 1000;
    return rest > 0 ? formatDuration(rest) : null;
  });
}
