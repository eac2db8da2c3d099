import { Component, computed, inject, input, linkedSignal, signal } from '@angular/core';
import { LiveFeed } from '../feed/live-feed';
import { whileVisible } from '../feed/while-visible';
import { Icon } from '../ui/icon';

/** The server makes a new still at most this often. */
const everyMilliseconds = 10_000;
/** If there is no still (audio only, a damaged segment), it is requested again this many turns later. */
const turnsAfterFailure = 6;

/** A still of a recording that is being captured. Decoration: screen readers skip it. */
@Component({
  selector: 'sv-live-still',
  imports: [Icon],
  template: `
    @if (address(); as address) {
      <img [src]="address" alt="" width="640" height="360" decoding="async" (error)="failedAt.set(turn())" />
    } @else {
      <sv-icon name="film" />
    }
  `,
  styles: `
    :host {
      display: grid;
      place-items: center;
      aspect-ratio: 16 / 9;
      background: var(--mat-sys-surface-container-highest);
      color: var(--mat-sys-outline);
      overflow: hidden;
    }
    img {
      display: block;
      width: 100%;
      height: 100%;
      object-fit: cover;
    }
  `,
})
export class LiveStill {
  readonly recordingId = input.required<number>();
  /** Whether anything was captured yet. */
  readonly hasMedia = input.required<boolean>();
  readonly #feed = inject(LiveFeed);
  protected readonly turn = signal(0);
  protected readonly failedAt = linkedSignal<number, number | null>({
    source: this.recordingId,
    computation: () => null,
  });
  protected readonly address = computed(() => {
    const failedAt = this.failedAt();
    if (!this.hasMedia() || (failedAt !== null && this.turn() - failedAt < turnsAfterFailure)) return null;
    return `/api/recordings/${this.recordingId()}/thumbnail?turn=${this.turn()}`;
  });

  constructor() {
    whileVisible(everyMilliseconds, () => {
      // While the server is unavailable, the last still stays.
      if (this.#feed.connection() !== 'reconnecting') this.turn.update((turn) => turn + 1);
    });
  }
}
