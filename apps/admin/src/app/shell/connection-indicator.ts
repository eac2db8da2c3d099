import { Component, computed, inject } from '@angular/core';
import { LiveFeed } from '../feed/live-feed';

const words = {
  connecting: { label: 'Connecting', detail: 'Opening the live feed of the server.' },
  live: { label: 'Connected', detail: 'What you see is up to date.' },
  reconnecting: { label: 'Reconnecting', detail: 'The server does not answer; what you see may be old. Trying again.' },
} as const;

@Component({
  selector: 'sv-connection',
  template: `
    <span class="dot" aria-hidden="true"></span>
    <span class="label" role="status"><span class="sv-sr-only">Connection: </span>{{ word().label }}</span>
  `,
  host: { '[attr.data-connection]': 'feed.connection()', '[title]': 'word().detail' },
  styles: `
    :host {
      display: inline-flex;
      align-items: center;
      gap: 0.5rem;
      font-size: 0.8125rem;
      font-weight: 550;
      color: var(--mat-sys-on-surface-variant);
    }
    .dot {
      width: 9px;
      height: 9px;
      border-radius: 50%;
      background: var(--mat-sys-outline);
    }
    :host([data-connection='live']) .dot {
      background: var(--sv-ok);
      box-shadow: 0 0 0 3px var(--sv-ok-soft);
    }
    :host([data-connection='reconnecting']) .dot {
      background: var(--sv-warn);
      box-shadow: 0 0 0 3px var(--sv-warn-soft);
      animation: wait 1.2s ease-in-out infinite;
    }
    :host([data-connection='reconnecting']) {
      color: var(--sv-warn);
    }
    /* The rail of icons has no room for words; the banner says what matters. */
    @media (width >= 640px) and (width < 1100px) {
      .label {
        position: absolute;
        clip-path: inset(50%);
      }
    }
    @keyframes wait {
      50% {
        opacity: 0.3;
      }
    }
  `,
})
export class ConnectionIndicator {
  protected readonly feed = inject(LiveFeed);
  protected readonly word = computed(() => words[this.feed.connection()]);
}
