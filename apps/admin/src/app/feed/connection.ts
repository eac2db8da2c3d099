import { Service, computed, inject } from '@angular/core';
import { Clock } from '../ui/clock';
import { LiveFeed } from './live-feed';

/** A blip is not worth a word. */
const graceMilliseconds = 3000;

/** Whether what is on the page is still so. */
@Service()
export class ConnectionState {
  readonly #feed = inject(LiveFeed);
  readonly #clock = inject(Clock);

  /** Since when the server has not been heard, in milliseconds; null while it is, and for the first seconds after that. */
  readonly offlineSince = computed(() => {
    const since = this.#feed.lostSince();
    return since !== null && this.#clock.now() - since >= graceMilliseconds ? since : null;
  });
  readonly isOffline = computed(() => this.offlineSince() !== null);
}
