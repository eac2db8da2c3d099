import { Component, computed, inject, input, output } from '@angular/core';
import { ConsoleApi } from '../api/console-api';
import { liveQuery } from '../feed/live-query';
import { formatDuration, formatSpan, formatTime, spokenDuration } from '../ui/formats';
import { Icon } from '../ui/icon';
import type { PlacedGap } from './gap-times';

/** Playback begins a little before the gap. */
const leadSeconds = 3;

/** What is missing: where in the video, when by the clock, how much, and why. A click seeks there. */
@Component({
  selector: 'sv-gap-list',
  imports: [Icon],
  template: `
    @if (rows().length > 0) {
      <p class="sv-quiet">{{ total() }}</p>
      <ul role="list" data-testid="gaps">
        @for (row of rows(); track row.from) {
          <li>
            @if (row.mediaAt !== null && playable()) {
              <button
                type="button"
                class="sv-numbers"
                [attr.aria-label]="'Play from just before the gap at ' + row.media + ', ' + row.spoken"
                (click)="go(row.mediaAt)"
              >
                <sv-icon name="play" /> {{ row.media }}
              </button>
            } @else {
              <span class="sv-numbers where">{{ row.media }}</span>
            }
            <div>
              <p>
                <strong>{{ row.length }} lost</strong>&ngsp;<span class="sv-quiet sv-numbers">{{ row.clock }}</span>
              </p>
              <p>{{ row.cause.message }}</p>
              @if (row.elsewhere; as address) {
                <p>
                  <a [href]="address" target="_blank" rel="noopener noreferrer">
                    Watch it on the platform<span class="sv-sr-only">, the gap of {{ row.clock }}, in a new tab</span>
                  </a>
                </p>
              }
            </div>
          </li>
        }
      </ul>
      @if (elsewhere.value()?.reason; as reason) {
        <p class="sv-quiet small">Not available elsewhere: {{ reason }}</p>
      }
    } @else {
      <p class="sv-quiet">None. The recording is complete from start to end.</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.5rem;
    }
    li {
      display: grid;
      grid-template-columns: 6.5rem minmax(0, 1fr);
      gap: 0.2rem 1rem;
      align-items: center;
      min-height: 56px;
      padding: 0.4rem 0;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    button {
      display: inline-flex;
      gap: 0.4rem;
      align-items: center;
      justify-self: start;
      min-height: 44px;
      padding: 0 0.6rem;
      border: 1px solid var(--sv-line);
      border-radius: var(--sv-radius-small);
      background: none;
      color: inherit;
      font: inherit;
      cursor: pointer;
    }
    button:hover {
      background: var(--mat-sys-surface-container-high);
    }
    .small {
      font-size: 0.8125rem;
    }
    .where {
      padding: 0 0.6rem;
      color: var(--mat-sys-on-surface-variant);
    }
  `,
})
export class GapList {
  readonly gaps = input.required<readonly PlacedGap[]>();
  readonly playable = input(false);
  /** For recordings made here: the platform may still have what is missing. */
  readonly recordingId = input<number>();
  readonly playFrom = output<number>();
  readonly #api = inject(ConsoleApi);

  protected readonly elsewhere = liveQuery({
    params: () => (this.gaps().length > 0 ? this.recordingId() : undefined),
    load: (id) => this.#api.missingElsewhere(id),
  });
  protected readonly rows = computed(() =>
    this.gaps().map((gap) => ({
      ...gap,
      elsewhere: this.elsewhere.value()?.gaps.find(({ from }) => from === gap.from)?.url ?? null,
      media: gap.mediaAt === null ? 'at the end' : formatDuration(gap.mediaAt),
      spoken: spokenDuration(gap.mediaAt ?? 0),
      clock: `${formatTime(gap.from)} to ${formatTime(gap.to)}`,
      length: formatSpan(gap.seconds),
    })),
  );
  protected readonly total = computed(() => {
    const gaps = this.gaps();
    const seconds = gaps.reduce((sum, gap) => sum + gap.seconds, 0);
    return `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}, ${formatSpan(seconds)} lost in total.`;
  });

  protected go(mediaAt: number): void {
    this.playFrom.emit(Math.max(0, mediaAt - leadSeconds));
  }
}
