import { Component, computed, input } from '@angular/core';
import { stateLabel, stateTone } from './states';

@Component({
  selector: 'sv-state',
  template: `<span class="dot" aria-hidden="true"></span>{{ label() }}`,
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
      --tone: var(--mat-sys-on-error-container);
      --soft: var(--mat-sys-error-container);
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
  /** It is in that state, but no byte comes: nothing that stands still looks as if it ran. */
  readonly isStalled = input(false);
  readonly #deceives = computed(() => this.isStalled() && stateTone(this.state()) === 'rec');
  protected readonly label = computed(() => stateLabel(this.state()) + (this.#deceives() ? ', no bytes' : ''));
  protected readonly tone = computed(() => (this.#deceives() ? 'warn' : stateTone(this.state())));
}
