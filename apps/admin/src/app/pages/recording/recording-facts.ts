import { Component, computed, inject, input } from '@angular/core';
import type { Recording } from '@streamvault/api-contract';
import { recordingFigures } from '../../feed/recording-figures';
import { Clock } from '../../ui/clock';
import {
  formatBytes,
  formatCount,
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
        <dt>Segments</dt>
        <dd data-testid="segments">{{ segments() }}</dd>
      </div>
      <div>
        <dt>Captured</dt>
        <dd data-testid="captured">{{ captured() }}</dd>
      </div>
      @for (span of spans(); track span.name) {
        <div>
          <dt>{{ span.name }}</dt>
          <dd [attr.data-testid]="span.name.toLowerCase()" [class.lossy]="span.isLoss" [class.sv-quiet]="span.isNone">
            {{ span.words }}
          </dd>
        </div>
      }
      <div>
        <dt>Retried downloads</dt>
        <dd data-testid="retries" [class.sv-quiet]="!figures().retries">{{ retries() }}</dd>
      </div>
      <div>
        <dt>Stream address refreshed</dt>
        <dd data-testid="re-resolves" [class.sv-quiet]="figures().reResolves === 0">{{ reResolves() }}</dd>
      </div>
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
      grid-template-columns: repeat(auto-fill, minmax(6.75rem, 1fr));
      gap: 0.75rem 1.25rem;
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
    dd.sv-quiet {
      font-weight: 400;
    }
    .lossy {
      color: var(--sv-warn);
    }
  `,
})
export class RecordingFacts {
  readonly recording = input.required<Recording>();
  /** The time until the present state gives up, in words. */
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
  protected readonly segments = computed(() => formatCount(this.figures().segments));
  protected readonly captured = computed(() => {
    const { capturedRatio } = this.figures();
    return capturedRatio === null ? '–' : formatRatio(capturedRatio);
  });
  /** What took time from the broadcast, each with how often and how long. */
  protected readonly spans = computed(() => {
    const { gaps, ads, stalls } = this.recording();
    const { gapSeconds, adSeconds, stallSeconds, stalledSeconds, isAdvertising } = this.figures();
    return [
      spanFact('Gaps', gaps.length, gapSeconds, { isLoss: true }),
      spanFact('Advertising', ads.length, adSeconds, { isNow: isAdvertising }),
      spanFact('Stalls', stalls.length, stallSeconds, { isNow: stalledSeconds !== null }),
    ];
  });
  protected readonly retries = computed(() => {
    const { retries } = this.figures();
    return retries === null ? 'not counted' : formatCount(retries);
  });
  protected readonly reResolves = computed(() => formatTimes(this.figures().reResolves));
  protected readonly begun = computed(() => {
    const { startedAt, requestedAt } = this.recording();
    return formatWhen(startedAt ?? requestedAt, this.#clock.now());
  });
  protected readonly ended = computed(() => {
    const { endedAt } = this.recording();
    return endedAt === null ? null : formatWhen(endedAt, this.#clock.now());
  });
}

function spanFact(name: string, count: number, seconds: number, { isLoss = false, isNow = false }) {
  const isNone = count === 0 && seconds === 0 && !isNow;
  const length = seconds > 0 ? formatSpan(seconds < 10 ? seconds : Math.round(seconds)) : null;
  // The feed reports seconds before the log reports the total.
  const words = [length, count > 1 ? `in ${formatCount(count)}` : null, isNow ? 'going on' : null];
  return { name, isNone, isLoss: isLoss && !isNone, words: isNone ? 'none' : present(words).join(', ') };
}

const present = (words: readonly (string | null)[]): string[] => words.filter((word) => word !== null);
const formatTimes = (count: number): string => {
  if (count === 0) return 'never';
  return count === 1 ? 'once' : `${formatCount(count)} times`;
};
