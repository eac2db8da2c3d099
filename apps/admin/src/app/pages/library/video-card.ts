import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { Clock } from '../../ui/clock';
import { formatBytes, formatDuration, formatWhen, spokenDuration } from '../../ui/formats';
import { Icon } from '../../ui/icon';

@Component({
  selector: 'sv-video-card',
  imports: [Icon, RouterLink],
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
      <span class="length sv-numbers"
        ><span aria-hidden="true">{{ duration() }}</span
        ><span class="sv-sr-only">{{ spoken() }}</span></span
      >
    </div>
    <div class="words">
      <h2>
        <a [routerLink]="['/videos', video().id]">{{ video().title }}</a>
      </h2>
      <p class="sv-quiet">{{ video().streamerName }}</p>
      <p class="sv-quiet sv-numbers">{{ when() }} · {{ size() }}</p>
    </div>
  `,
  styles: `
    :host {
      position: relative;
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      grid-template-rows: auto 1fr;
      overflow: hidden;
    }
    .picture {
      position: relative;
      aspect-ratio: 16 / 9;
      background: var(--mat-sys-surface-container-highest);
    }
    img {
      display: block;
      width: 100%;
      height: 100%;
      object-fit: cover;
    }
    .placeholder {
      display: grid;
      height: 100%;
      place-items: center;
      color: var(--mat-sys-outline);
    }
    .placeholder sv-icon {
      width: 2.75rem;
      height: 2.75rem;
    }
    .length {
      position: absolute;
      inset: auto 0.5rem 0.5rem auto;
      padding: 0.05rem 0.45rem;
      border-radius: 6px;
      background: rgb(0 0 0 / 74%);
      color: #fff;
      font-size: 0.8125rem;
      font-weight: 600;
    }
    .words {
      padding: 0.8rem 1rem 1rem;
      font-size: 0.8125rem;
    }
    h2 {
      display: -webkit-box;
      overflow: hidden;
      margin-bottom: 0.2rem;
      font-size: 0.9375rem;
      overflow-wrap: anywhere;
      -webkit-box-orient: vertical;
      -webkit-line-clamp: 2;
    }
    a {
      color: inherit;
      text-decoration: none;
    }
    a::after {
      content: '';
      position: absolute;
      inset: 0;
      border-radius: inherit;
    }
    :host(:has(a:focus-visible)) {
      outline: 2px solid var(--mat-sys-primary);
      outline-offset: 2px;
    }
    a:focus-visible {
      outline: none;
    }
    :host(:hover) a {
      text-decoration: underline;
    }
  `,
})
export class VideoCard {
  readonly video = input.required<Video>();
  readonly #clock = inject(Clock);
  /** A missing thumbnail is a 404, and a video like any other; tried again whenever there is news of the video. */
  protected readonly hasPicture = linkedSignal({ source: this.video, computation: () => true });
  protected readonly duration = computed(() => formatDuration(this.video().durationSeconds));
  protected readonly spoken = computed(() => spokenDuration(this.video().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.video().bytes));
  protected readonly when = computed(() => formatWhen(this.video().recordedAt, this.#clock.now()));
}
