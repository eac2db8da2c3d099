import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Video } from '@streamvault/api-contract';
import { Clock } from '../../ui/clock';
import { formatBytes, formatDuration, formatRatio, formatWhen, spokenDuration } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { addressOf, capturedOf } from './video-words';

/** A video as one line of a list. */
@Component({
  selector: 'sv-video-row',
  imports: [Icon, RouterLink],
  template: `
    <div class="picture">
      @if (hasPicture()) {
        <img
          [src]="video().thumbnailUrl"
          alt=""
          width="64"
          height="36"
          loading="lazy"
          (error)="hasPicture.set(false)"
        />
      } @else {
        <sv-icon name="film" />
      }
    </div>
    <div class="what">
      <h3>
        <a dir="auto" class="sv-clip" [routerLink]="address()" [title]="video().title">{{ video().title }}</a>
      </h3>
      <p class="sv-quiet sv-clip">{{ video().streamerName }} · {{ when() }}</p>
    </div>
    <p class="figures sv-quiet sv-numbers">
      <span
        ><span aria-hidden="true">{{ duration() }}</span
        ><span class="sv-sr-only">{{ spoken() }}</span></span
      >
      <span>{{ size() }}</span>
      <span>{{ captured() }}</span>
    </p>
  `,
  styles: `
    :host {
      position: relative;
      display: grid;
      grid-template-columns: 64px minmax(0, 1fr) auto;
      gap: 1rem;
      align-items: center;
      height: 3.5rem;
      padding: 0 3.5rem 0 3rem;
      border-bottom: 1px solid var(--sv-line);
    }
    .picture {
      display: grid;
      place-items: center;
      width: 64px;
      height: 36px;
      border-radius: 4px;
      background: var(--mat-sys-surface-container-highest);
      color: var(--mat-sys-outline);
      overflow: hidden;
    }
    img {
      width: 100%;
      height: 100%;
      object-fit: cover;
    }
    h3 {
      display: grid;
      font-size: 0.9375rem;
    }
    a {
      color: inherit;
      text-decoration: none;
    }
    a::after {
      content: '';
      position: absolute;
      inset: 0;
    }
    a:focus-visible {
      outline: none;
    }
    :host(:has(a:focus-visible)) {
      outline: 2px solid var(--mat-sys-primary);
      outline-offset: -2px;
    }
    p {
      font-size: 0.8125rem;
    }
    .figures {
      display: grid;
      grid-template-columns: 4.5rem 5rem 4rem;
      gap: 0.75rem;
      text-align: end;
    }
    @media (width < 800px) {
      .figures span:not(:first-child) {
        display: none;
      }
      .figures {
        grid-template-columns: auto;
      }
    }
  `,
})
export class VideoRow {
  readonly video = input.required<Video>();
  readonly #clock = inject(Clock);
  protected readonly hasPicture = linkedSignal({ source: this.video, computation: () => true });
  protected readonly address = computed(() => addressOf(this.video()));
  protected readonly duration = computed(() => formatDuration(this.video().durationSeconds));
  protected readonly spoken = computed(() => spokenDuration(this.video().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.video().bytes));
  protected readonly when = computed(() => formatWhen(this.video().recordedAt, this.#clock.now()));
  protected readonly captured = computed(() => {
    const ratio = capturedOf(this.video());
    return ratio === null ? '' : formatRatio(ratio);
  });
}
