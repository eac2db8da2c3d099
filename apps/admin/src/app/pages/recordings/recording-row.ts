import { Component, computed, inject, input, linkedSignal } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { Recording } from '@streamvault/api-contract';
import { recordingFigures } from '../../feed/recording-figures';
import { LiveStill } from '../../recordings/live-still';
import { Clock } from '../../ui/clock';
import { formatBytes, formatDuration, formatRatio, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { StateChip } from '../../ui/state-chip';
import { isTaking } from '../../ui/states';

@Component({
  selector: 'sv-recording-row',
  imports: [Icon, LiveStill, RouterLink, StateChip],
  template: `
    <div class="picture">
      @if (isTaking()) {
        <sv-live-still [recordingId]="recording().id" [hasMedia]="recording().playable" />
      } @else if (picture(); as address) {
        <img [src]="address" alt="" width="64" height="36" loading="lazy" decoding="async" (error)="isGone.set(true)" />
      } @else {
        <sv-icon name="film" />
      }
    </div>
    <div class="what">
      <a [routerLink]="['/recordings', recording().id]">{{ name() }}</a>
      <p class="sv-quiet">
        @for (word of under(); track word; let last = $last) {
          {{ word }}{{ last ? '' : ' · ' }}
        }
      </p>
    </div>
    <p class="figures sv-numbers sv-quiet">
      <span>{{ duration() }}</span>
      <span>{{ size() }}</span>
      <span [class.lossy]="recording().gaps.length > 0">{{ captured() }}</span>
    </p>
    <sv-state [state]="recording().state" [isStalled]="isStalled()" />
    @if (recording().failure; as failure) {
      <p class="failure">{{ failure.message }}</p>
    }
  `,
  styles: `
    :host {
      position: relative;
      display: grid;
      grid-template-columns: 64px minmax(0, 1fr) auto 9.5rem;
      min-height: 56px;
      gap: 0.3rem 1.2rem;
      align-items: center;
      padding: 0.85rem 1.2rem;
    }
    :host(:hover) {
      background: color-mix(in srgb, var(--mat-sys-on-surface) 3%, transparent);
    }
    a {
      color: inherit;
      font-weight: 600;
      text-decoration: none;
      overflow-wrap: anywhere;
    }
    /* The whole row is the link, for the mouse; for ears it is its title alone. */
    a::after {
      content: '';
      position: absolute;
      inset: 0;
    }
    a:focus-visible {
      outline: none;
    }
    a:focus-visible::after {
      outline: 2px solid var(--mat-sys-primary);
      outline-offset: -3px;
      border-radius: var(--sv-radius);
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
    sv-live-still {
      width: 100%;
    }
    img {
      width: 100%;
      height: 100%;
      object-fit: cover;
    }
    .what p {
      font-size: 0.8125rem;
    }
    .figures {
      display: grid;
      grid-template-columns: 4.5rem 5rem 6.5rem;
      gap: 0.75rem;
      font-size: 0.875rem;
      text-align: end;
    }
    .lossy {
      color: var(--sv-warn);
    }
    sv-state {
      justify-self: end;
    }
    /* Red is for what is being recorded. */
    .failure {
      grid-column: 1 / -1;
      font-size: 0.875rem;
    }
    @media (width < 800px) {
      :host {
        grid-template-columns: 64px minmax(0, 1fr) auto;
        align-items: start;
      }
      .figures {
        grid-row: 2;
        grid-column: 1 / -1;
        display: flex;
        text-align: start;
      }
    }
    @media (width < 420px) {
      :host {
        grid-template-columns: 64px minmax(0, 1fr);
      }
      sv-state {
        grid-row: 2;
        grid-column: 1 / -1;
        justify-self: start;
      }
      .figures {
        grid-row: 3;
      }
    }
  `,
})
export class RecordingRow {
  readonly recording = input.required<Recording>();
  readonly #clock = inject(Clock);
  readonly #figures = recordingFigures(this.recording);
  /** A missing thumbnail is a 404; the row is shown without one. */
  protected readonly isGone = linkedSignal({ source: this.recording, computation: () => false });
  protected readonly picture = computed(() => {
    const { videoId } = this.recording();
    return videoId === null || this.isGone() ? null : `/api/videos/${videoId}/thumbnail`;
  });
  protected readonly isTaking = computed(() => isTaking(this.recording().state));
  protected readonly when = computed(() => {
    const { startedAt, requestedAt } = this.recording();
    return formatWhen(startedAt ?? requestedAt, this.#clock.now());
  });
  /** In a list of one streamer, its name is left out. */
  readonly isOfStreamer = input(false);
  protected readonly name = computed(() => {
    const { title, streamerName } = this.recording();
    return title ?? (this.isOfStreamer() ? this.when() : streamerName);
  });
  protected readonly under = computed(() => {
    const { id, title, streamerName } = this.recording();
    if (this.isOfStreamer()) return title === null ? [`Recording ${id}`] : [this.when()];
    return title === null ? [this.when()] : [streamerName, this.when()];
  });
  protected readonly isStalled = computed(() => this.#figures().stalledSeconds !== null);
  protected readonly duration = computed(() => formatDuration(this.#figures().durationSeconds));
  protected readonly size = computed(() => formatBytes(this.#figures().bytes));
  /** How much of it was captured, and how often something is missing. */
  protected readonly captured = computed(() => {
    const { gaps, capturedRatio } = this.recording();
    const ratio = capturedRatio === null ? '' : formatRatio(capturedRatio);
    if (gaps.length === 0) return ratio;
    return [ratio, `${gaps.length} gap${gaps.length === 1 ? '' : 's'}`].filter((words) => words !== '').join(', ');
  });
}
