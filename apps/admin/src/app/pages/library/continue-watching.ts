import { Component, computed, inject, signal } from '@angular/core';
import { RouterLink } from '@angular/router';
import { Commands } from '../../commands/commands';
import { WatchPositions } from '../../player/watch-positions';
import { formatDuration, spokenDuration } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { addressOf } from './video-words';

const mostShown = 12;

/** What the viewer has begun and not finished, on any device, as a row that leads back to the moment. */
@Component({
  selector: 'sv-continue-watching',
  imports: [Icon, RouterLink],
  template: `
    @if (rows().length > 0) {
      <section aria-labelledby="continue">
        <h2 id="continue">Continue watching</h2>
        <ul role="list" data-testid="continue-watching">
          @for (row of rows(); track row.id) {
            <li class="sv-card">
              <a [routerLink]="row.address">
                <span class="picture">
                  @if (row.hasPicture) {
                    <img
                      [src]="row.thumbnailUrl"
                      alt=""
                      width="320"
                      height="180"
                      loading="lazy"
                      decoding="async"
                      (error)="miss(row.id)"
                    />
                  } @else {
                    <sv-icon name="film" />
                  }
                  <span class="watched" [style.width.%]="row.percent"></span>
                </span>
                <span class="title" dir="auto" [title]="row.title">{{ row.title }}</span>
                <span class="sv-quiet sv-numbers sv-clip" aria-hidden="true">{{ row.left }} left</span>
                <span class="sv-sr-only">{{ row.spoken }} left</span>
              </a>
              <button
                type="button"
                title="Remove from this row"
                [attr.aria-label]="'Do not continue ' + row.title"
                (click)="forget(row.id)"
              >
                <sv-icon name="close" />
              </button>
            </li>
          }
        </ul>
      </section>
    }
  `,
  styleUrl: './continue-watching.scss',
})
export class ContinueWatching {
  readonly #positions = inject(WatchPositions);
  readonly #commands = inject(Commands);
  readonly #missing = signal<ReadonlySet<number>>(new Set());
  protected readonly rows = computed(() =>
    this.#positions
      .items()
      .slice(0, mostShown)
      .map(({ seconds, video }) => {
        const left = video.durationSeconds - seconds;
        return {
          ...video,
          address: addressOf(video),
          hasPicture: !this.#missing().has(video.id),
          percent: Math.min(100, (seconds / Math.max(1, video.durationSeconds)) * 100),
          left: formatDuration(left),
          spoken: spokenDuration(left),
        };
      }),
  );

  constructor() {
    void this.#positions.load();
  }

  protected miss(id: number): void {
    this.#missing.update((missing) => new Set(missing).add(id));
  }

  protected forget(id: number): void {
    void this.#commands.run(`forget-${id}`, () => this.#positions.forget(id));
  }
}
