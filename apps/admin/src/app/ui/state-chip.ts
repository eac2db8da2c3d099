import { Component, computed, inject, input } from '@angular/core';
import { ConnectionState } from '../feed/connection';
import { Icon, type IconName } from './icon';
import { isOpen, stateLabel, stateTone } from './states';

@Component({
  selector: 'sv-state',
  imports: [Icon],
  template: `@if (sign(); as name) {
      <sv-icon [name]="name" />
    } @else {
      <span class="dot" aria-hidden="true"></span>
    }
    <span>{{ label() }}</span>`,
  host: { '[attr.data-tone]': 'tone()', '[attr.data-state]': 'state()' },
  styles: `
    :host {
      --tone: var(--sv-quiet);
      --soft: var(--sv-quiet-soft);
      display: inline-flex;
      align-items: center;
      gap: 0.45em;
      padding: 0.16em 0.7em 0.16em 0.55em;
      border-radius: 99px;
      background: var(--soft);
      color: var(--tone);
      font-size: 0.8125rem;
      font-weight: 600;
      line-height: 1.5;
      white-space: nowrap;
    }
    :host([data-tone='rec']) {
      --tone: var(--sv-rec);
      --soft: var(--sv-rec-soft);
    }
    :host([data-tone='ok']) {
      --tone: var(--sv-ok);
      --soft: var(--sv-ok-soft);
    }
    :host([data-tone='warn']) {
      --tone: var(--sv-warn);
      --soft: var(--sv-warn-soft);
    }
    :host([data-tone='bad']) {
      --tone: var(--mat-sys-inverse-on-surface);
      --soft: var(--mat-sys-inverse-surface);
    }
    :host([data-tone='info']) {
      --tone: var(--sv-info);
      --soft: var(--sv-info-soft);
    }
    .dot {
      width: 0.5em;
      height: 0.5em;
      border-radius: 50%;
      background: currentColor;
    }
    :host([data-tone='rec']) .dot {
      animation: breathe 1.6s ease-in-out infinite;
    }
    @keyframes breathe {
      50% {
        opacity: 0.35;
      }
    }
  `,
})
export class StateChip {
  readonly state = input.required<string>();
  /** It is in that state, but no bytes arrive, so it must not look as if it were running. */
  readonly isStalled = input(false);
  readonly #deceives = computed(() => this.isStalled() && stateTone(this.state()) === 'rec');
  readonly #connection = inject(ConnectionState);
  /** The server does not answer, so the state may be outdated. */
  readonly #isOld = computed(() => this.#connection.isOffline() && isOpen(this.state()));
  protected readonly label = computed(() => {
    const label = stateLabel(this.state());
    if (this.#isOld()) return `${label} (last known)`;
    return this.#deceives() ? `${label}, no bytes` : label;
  });
  protected readonly tone = computed(() => {
    if (this.#isOld()) return 'quiet';
    return this.#deceives() ? 'warn' : stateTone(this.state());
  });
  protected readonly sign = computed((): IconName | null => {
    if (this.#isOld()) return 'clock';
    return this.state() === 'failed' ? 'close' : null;
  });
}
