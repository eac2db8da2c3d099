import { Component, computed, inject, input, model, output, signal } from '@angular/core';
import { formatDuration, formatTime } from '../ui/formats';
import type { CutRange } from './cut-range';
import { CutHandles } from './cut-handles';
import { Storyboards, type Tile, tileAt } from './storyboard';
import { StoryboardTile } from './storyboard-tile';

/** A mark at a media time. */
export interface Mark {
  readonly at: number;
  readonly kind: 'chapter' | 'gap' | 'ad';
}

/** So often a storyboard that grows is fetched again while somebody looks at it. */
const growMilliseconds = 10_000;

/** The position in the video, with marks, and a preview under the pointer. */
@Component({
  selector: 'sv-position-slider',
  imports: [CutHandles, StoryboardTile],
  template: `
    <div
      class="track"
      [style.--played.%]="played()"
      [style.--loaded.%]="loaded()"
      (pointermove)="look($event)"
      (pointerleave)="looked.set(null)"
    >
      <input
        #slider
        type="range"
        min="0"
        step="1"
        aria-label="Position"
        [max]="end()"
        [value]="time()"
        [attr.aria-valuetext]="spoken()"
        [disabled]="end() === 0"
        (input)="seek.emit(slider.valueAsNumber)"
      />
      @for (mark of placed(); track $index) {
        <span class="mark" [attr.data-kind]="mark.kind" [style.left.%]="mark.left" aria-hidden="true"></span>
      }
      @if (range(); as piece) {
        <sv-cut-handles [range]="piece" [end]="end()" (rangeChange)="range.set($event)" (look)="seek.emit($event)" />
      }
      @if (preview(); as at) {
        <div class="preview sv-numbers" aria-hidden="true" [style.left]="at.left" data-testid="preview">
          @if (at.tile; as tile) {
            <sv-storyboard-tile [tile]="tile" />
          }
          <span
            >{{ at.media }}
            @if (at.clock) {
              <span class="clock">{{ at.clock }}</span>
            }
          </span>
        </div>
      }
    </div>
  `,
  styleUrl: './position-slider.scss',
})
export class PositionSlider {
  readonly time = input.required<number>();
  readonly end = input.required<number>();
  /** Percent. */
  readonly played = input.required<number>();
  readonly loaded = input.required<number>();
  readonly spoken = input.required<string>();
  readonly marks = input<readonly Mark[]>([]);
  /** Address of the storyboard; null: there is none. */
  readonly storyboard = input<string | null>(null);
  /** The moment of the broadcast (ms) at a media time, if it is known. */
  readonly instantOf = input<(seconds: number) => number | null>(() => null);
  /** It becomes longer, and its storyboard too. */
  readonly isGrowing = input(false);
  /** A piece of it that is chosen; null: none. */
  readonly range = model<CutRange | null>(null);
  readonly seek = output<number>();

  readonly #storyboards = inject(Storyboards);
  readonly #tiles = signal<readonly Tile[]>([]);
  #asked: string | null = null;
  #askedAt = 0;
  /** The share of the whole under the pointer. */
  protected readonly looked = signal<number | null>(null);

  protected readonly placed = computed(() => {
    const end = this.end();
    if (end === 0) return [];
    return this.marks()
      .filter(({ at }) => at > 0 && at < end)
      .map(({ at, kind }) => ({ kind, left: (at / end) * 100 }));
  });
  protected readonly preview = computed(() => {
    const share = this.looked();
    if (share === null || this.end() === 0) return undefined;
    const seconds = share * this.end();
    const instant = this.instantOf()(seconds);
    return {
      left: `clamp(84px, ${share * 100}%, calc(100% - 84px))`,
      tile: tileAt(this.#tiles(), seconds),
      media: formatDuration(seconds),
      clock: instant === null ? null : formatTime(new Date(instant).toISOString()),
    };
  });

  protected look({ clientX, currentTarget, pointerType }: PointerEvent): void {
    if (!(currentTarget instanceof HTMLElement) || pointerType === 'touch') return;
    const { left, width } = currentTarget.getBoundingClientRect();
    this.looked.set(width > 0 ? Math.min(1, Math.max(0, (clientX - left) / width)) : 0);
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const address = this.storyboard();
    const isOld = this.isGrowing() && performance.now() - this.#askedAt > growMilliseconds;
    if (address === null || (address === this.#asked && !isOld)) return;
    this.#asked = address;
    this.#askedAt = performance.now();
    const tiles = await this.#storyboards.of(address, { again: isOld });
    // Of one that could not be fetched again, the old ones are still right.
    if (this.#asked === address && (tiles.length > 0 || !isOld)) this.#tiles.set(tiles);
  }
}
