import { Component, computed, inject, input } from '@angular/core';
import type { Recording } from '@streamvault/api-contract';
import { recordingFigures } from '../../feed/recording-figures';
import { Clock } from '../../ui/clock';
import {
  formatBytes,
  formatDuration,
  formatRate,
  formatRatio,
  formatSpan,
  formatWhen,
  spokenDuration,
} from '../../ui/formats';
import { isTaking } from '../../ui/states';

@Component({
  selector: 'sv-recording-facts',
  template: `
    <dl class="sv-numbers">
      <div class="large">
        <dt>Recorded</dt>
        <dd data-testid="duration">
          <span aria-hidden="true">{{ duration() }}</span><span class="sv-sr-only">{{ spoken() }}</span>
        </dd>
      </div>
      <div>
        <dt>Size</dt>
        <dd data-testid="bytes" [attr.data-bytes]="figures().bytes">{{ size() }}</dd>
      </div>
      @if (taking()) {
        <div>
          <dt>Rate</dt>
          <dd data-testid="rate">{{ rate() }}</dd>
        </div>
        <div>
          <dt>Last byte</dt>
          <dd data-testid="last-byte">{{ age() }}</dd>
        </div>
      }
      <div>
        <dt>Captured</dt>
        <dd>{{ captured() }}</dd>
      </div>
      @if (recording().adSeconds > 0) {
        <div>
          <dt>Advertising</dt>
          <dd>{{ ads() }}</dd>
        </div>
      }
      <div>
        <dt>Begun</dt>
        <dd>{{ begun() }}</dd>
      </div>
      @if (ended(); as when) {
        <div>
          <dt>Ended</dt>
          <dd>{{ when }}</dd>
        </div>
      }
      @if (patience(); as rest) {
        <div>
          <dt>This state gives up in</dt>
          <dd>{{ rest }}</dd>
        </div>
      }
    </dl>
  `,
  styles: `
    :host {
      display: block;
      padding: 1.15rem 1.3rem;
    }
    dl {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(8rem, 1fr));
      gap: 0.9rem 1.25rem;
    }
    .large {
      grid-column: 1 / -1;
    }
    .large dd {
      font-size: 2.25rem;
      font-weight: 300;
      line-height: 1.1;
      letter-spacing: -0.03em;
    }
    dt {
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.8125rem;
    }
    dd {
      font-weight: 600;
    }
  `,
})
export class RecordingFacts {
  readonly recording = input.required<Recording>();
  /** What is left until the present state gives up, in words. */
  readonly patience = input<string | null>(null);
  readonly #clock = inject(Clock);
  protected readonly figures = recordingFigures(this.recording);

  protected readonly taking = computed(() => isTaking(this.recording().state));
  protected readonly duration = computed(() => formatDuration(this.figures().durationSeconds));
  protected readonly spoken = computed(() => spokenDuration(this.figures().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.figures().bytes));
  protected readonly rate = computed(() => {
    const { bytesPerSecond } = this.figures();
    return bytesPerSecond === null ? '–' : formatRate(bytesPerSecond);
  });
  protected readonly age = computed(() => {
    const { lastByteAgeSeconds } = this.figures();
    return lastByteAgeSeconds === null ? '–' : `${formatSpan(Math.round(lastByteAgeSeconds))} ago`;
  });
  protected readonly captured = computed(() => {
    const { capturedRatio, gaps } = this.recording();
    if (capturedRatio === null) return '–';
    const lost = gaps.length === 0 ? '' : `, ${gaps.length} gap${gaps.length === 1 ? '' : 's'}`;
    return `${formatRatio(capturedRatio)}${lost}`;
  });
  protected readonly ads = computed(() => formatSpan(this.recording().adSeconds));
  protected readonly begun = computed(() => {
    const { startedAt, requestedAt } = this.recording();
    return formatWhen(startedAt ?? requestedAt, this.#clock.now());
  });
  protected readonly ended = computed(() => {
    const { endedAt } = this.recording();
    return endedAt === null ? null : formatWhen(endedAt, this.#clock.now());
  });
}
