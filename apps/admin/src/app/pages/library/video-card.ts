import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { Storyboards, type Tile, tileAt } from '../../player/storyboard';
import { StoryboardTile } from '../../player/storyboard-tile';
import { WatchPositions } from '../../player/watch-positions';
import { Clock } from '../../ui/clock';
import { formatBytes, formatDuration, formatRatio, formatWhen, spokenDuration } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { addressOf, capturedOf } from './video-words';

/** A video as a picture with two lines. Moving the mouse over the picture shows other moments. */
@Component({
  selector: 'sv-video-card',
  imports: [Icon, RouterLink, StoryboardTile],
  template: `
    <div class="picture">
      @if (hasPicture()) {
        <img
          [src]="video().thumbnailUrl"
          alt=""
          width="640"
          height="360"
          loading="lazy"
          decoding="async"
          (error)="hasPicture.set(false)"
        />
      } @else {
        <div class="placeholder" data-testid="thumbnail-placeholder"><sv-icon name="film" /></div>
      }
      @if (tile(); as tile) {
        <sv-storyboard-tile class="tile" [tile]="tile" />
      }
      <span class="signs">
        @if (video().protected) {
          <span class="sign"><sv-icon name="keep" /><span class="sv-sr-only">Kept</span></span>
        }
        @if (captured(); as ratio) {
          <span class="sign sv-numbers" title="Captured of the broadcast">{{ ratio }}</span>
        }
        <span class="sign sv-numbers"
          ><span aria-hidden="true">{{ duration() }}</span
          ><span class="sv-sr-only">{{ spoken() }}</span></span
        >
      </span>
      @if (watched(); as percent) {
        <span class="watched" [style.width.%]="percent"
          ><span class="sv-sr-only">watched up to {{ percent }} percent</span></span
        >
      }
    </div>
    <div class="words">
      <h3>
        <a
          dir="auto"
          [routerLink]="address()"
          [title]="video().title"
          (pointermove)="leaf($event)"
          (pointerleave)="share.set(null)"
          >{{ video().title }}</a
        >
      </h3>
      <p class="sv-quiet sv-clip" dir="auto">{{ video().streamerName }}</p>
      <p class="sv-quiet sv-numbers sv-clip">{{ when() }} · {{ size() }}</p>
    </div>
  `,
  styleUrl: './video-card.scss',
})
export class VideoCard {
  readonly video = input.required<Video>();
  readonly #clock = inject(Clock);
  readonly #positions = inject(WatchPositions);
  readonly #storyboards = inject(Storyboards);
  /** A missing thumbnail is a 404; it is fetched again after each event of the video. */
  protected readonly hasPicture = linkedSignal({ source: this.video, computation: () => true });
  protected readonly address = computed(() => addressOf(this.video()));
  protected readonly duration = computed(() => formatDuration(this.video().durationSeconds));
  protected readonly spoken = computed(() => spokenDuration(this.video().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.video().bytes));
  protected readonly when = computed(() => formatWhen(this.video().recordedAt, this.#clock.now()));
  protected readonly captured = computed(() => {
    const ratio = capturedOf(this.video());
    return ratio === null ? null : formatRatio(ratio);
  });
  /** In percent, if the user stopped in the middle. */
  protected readonly watched = computed(() => {
    const seconds = this.#positions.of(this.video().id);
    const { durationSeconds } = this.video();
    return seconds === undefined || durationSeconds === 0
      ? null
      : Math.min(100, Math.round((seconds / durationSeconds) * 100));
  });

  /** The share of its width at which the mouse is. */
  protected readonly share = signal<number | null>(null);
  readonly #tiles = linkedSignal<number, readonly Tile[]>({ source: () => this.video().id, computation: () => [] });
  #asked: number | undefined;
  protected readonly tile = computed(() => {
    const share = this.share();
    return share === null ? undefined : tileAt(this.#tiles(), share * this.video().durationSeconds);
  });

  protected leaf({ clientX, currentTarget, pointerType }: PointerEvent): void {
    if (pointerType !== 'mouse' || !(currentTarget instanceof HTMLElement)) return;
    // The link lies over the whole card, but its own box is that of its words.
    const card = currentTarget.closest('sv-video-card')?.getBoundingClientRect();
    if (!card || card.width === 0) return;
    this.share.set(Math.min(0.999, Math.max(0, (clientX - card.left) / card.width)));
    void this.#ask();
  }

  async #ask(): Promise<void> {
    const { id } = this.video();
    if (this.#asked === id) return;
    this.#asked = id;
    const tiles = await this.#storyboards.of(`/api/videos/${id}/storyboard.vtt`);
    if (this.video().id === id) this.#tiles.set(tiles);
  }
}
