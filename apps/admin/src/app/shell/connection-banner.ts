import { Component, computed, inject } from '@angular/core';
import { ConnectionState } from '../feed/connection';
import { formatTime } from '../ui/formats';
import { Icon } from '../ui/icon';

/**
 * Says that the page is outdated. It takes no room until it is needed, and lies over the page, so that nothing moves.
 */
@Component({
  selector: 'sv-connection-banner',
  imports: [Icon],
  template: `
    <div role="status">
      @if (since(); as time) {
        <p>
          <sv-icon name="alert" />
          <span
            ><strong>No connection since {{ time }}.</strong> What you see is from that time. Recordings may still be
            running.</span
          >
        </p>
      }
    </div>
  `,
  styles: `
    :host {
      position: sticky;
      top: 0;
      z-index: 8;
      display: block;
      height: 0;
    }
    p {
      display: flex;
      gap: 0.6rem;
      padding: 0.65rem 0.9rem;
      border: 1px solid var(--sv-warn);
      border-radius: var(--sv-radius-small);
      background: var(--sv-warn-soft);
      box-shadow: var(--sv-shadow);
    }
    sv-icon {
      margin-top: 0.1rem;
      color: var(--sv-warn);
    }
  `,
})
export class ConnectionBanner {
  readonly #connection = inject(ConnectionState);
  protected readonly since = computed(() => {
    const since = this.#connection.offlineSince();
    return since === null ? null : formatTime(new Date(since).toISOString());
  });
}
