import { Service, computed, inject } from '@angular/core';
import { Clock } from '../ui/clock';
import { LiveFeed } from './live-feed';

/** A very short interruption is not shown. */
const graceMilliseconds = 3000;

/** Whether the page is up to date. */
@Service()
export class ConnectionState {
  readonly #feed = inject(LiveFeed);
  readonly #clock = inject(Clock);

  /**
   * For how long nothing has come from the server, in milliseconds; null while it answers, and for the first seconds
   * after that.
   */
  readonly offlineSince = computed(() => {
    const since = this.#feed.lostSince();
    return since !== null && this.#clock.now() - since >= graceMilliseconds ? since : null;
  });
  readonly isOffline = computed(() => this.offlineSince() !== null);
}
