import { Component, computed, inject, input, output } from '@angular/core';
import type { Gap, GapFill } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { Commands } from '../commands/commands';
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
          <li [class.filled]="row.isFilled">
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
                <strong>{{ row.length }} {{ row.isFilled ? 'filled' : 'lost' }}</strong
                >&ngsp;<span class="sv-quiet sv-numbers">{{ row.clock }}</span>
              </p>
              <p>{{ row.cause.message }}</p>
              @if (row.state; as words) {
                <p role="status">{{ words }}</p>
              }
              @if (row.address !== null || row.canFill) {
                <p class="elsewhere">
                  @if (row.address; as address) {
                    <a [href]="address" target="_blank" rel="noopener noreferrer">
                      Watch it on the platform<span class="sv-sr-only">, the gap of {{ row.clock }}, in a new tab</span>
                    </a>
                  }
                  @if (row.canFill) {
                    <button
                      type="button"
                      [disabled]="commands.isBusy('fill-' + recordingId())"
                      [attr.aria-label]="'Fill the gap of ' + row.clock + ' from the platform’s own video'"
                      (click)="fill.emit(row.from)"
                    >
                      Fill
                    </button>
                  }
                </p>
              }
              @if (row.refusal; as words) {
                <p class="sv-quiet small">{{ words }}</p>
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
    .filled strong {
      color: var(--mat-sys-on-surface-variant);
    }
    .elsewhere {
      display: flex;
      flex-wrap: wrap;
      gap: 0.4rem 1rem;
      align-items: center;
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
  /** The latest attempt for each gap. */
  readonly fills = input<readonly GapFill[]>([]);
  readonly playFrom = output<number>();
  /** The instant at which the gap begins that shall be filled. */
  readonly fill = output<string>();
  protected readonly commands = inject(Commands);
  readonly #api = inject(ConsoleApi);

  protected readonly elsewhere = liveQuery({
    params: () => (this.gaps().length > 0 ? this.recordingId() : undefined),
    load: (id) => this.#api.missingElsewhere(id),
    concerns: ({ stream, type }, id) => stream === `recording-${id}` && type.startsWith('Gap'),
  });
  protected readonly rows = computed(() =>
    this.gaps().map((gap) => {
      const found = this.elsewhere.value()?.gaps.find(({ from }) => from === gap.from);
      const latest = this.fills().find(({ from }) => from === gap.from);
      const filled = gap.filled ?? null;
      const isOpen = filled === null && latest?.state !== 'running';
      return {
        ...gap,
        isFilled: filled !== null,
        address: filled?.url ?? found?.url ?? null,
        canFill: isOpen && found?.fillable === true,
        // Of one that the platform does not have, the sentence below says so for all.
        refusal: isOpen && found?.url != null ? found.refusal : null,
        state: filled === null ? (latest ? stateWords(latest) : null) : filledWords(filled),
        media: gap.mediaAt === null ? 'at the end' : formatDuration(gap.mediaAt),
        spoken: spokenDuration(gap.mediaAt ?? 0),
        clock: `${formatTime(gap.from)} to ${formatTime(gap.to)}`,
        length: formatSpan(gap.seconds),
      };
    }),
  );
  protected readonly total = computed(() => {
    const gaps = this.gaps();
    const sum = (of: (gap: PlacedGap) => number): number => gaps.reduce((seconds, gap) => seconds + of(gap), 0);
    const filled = sum((gap) => gap.filled?.seconds ?? 0);
    const words = `${gaps.length} ${gaps.length === 1 ? 'gap' : 'gaps'}, ${formatSpan(sum(({ seconds }) => seconds))} lost in total`;
    return filled === 0 ? `${words}.` : `${words}, of which ${formatSpan(filled)} are filled.`;
  });

  protected go(mediaAt: number): void {
    this.playFrom.emit(Math.max(0, mediaAt - leadSeconds));
  }
}

const filledWords = ({ mutedSeconds }: NonNullable<Gap['filled']>): string =>
  `Filled from the platform’s own video${mutedSeconds > 0 ? `; ${formatSpan(mutedSeconds)} of it are muted there` : ''}.`;

function stateWords({ state, cause }: GapFill): string | null {
  if (state === 'running') return 'Being filled from the platform’s own video…';
  return state === 'failed' ? `It could not be filled: ${cause?.message ?? 'the server gave no cause.'}` : null;
}
