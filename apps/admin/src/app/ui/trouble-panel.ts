import { Component, computed, input, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Trouble } from '../api/trouble';
import { Icon } from './icon';

/** A failure in place of the content: what happened, and what to do. */
@Component({
  selector: 'sv-trouble',
  imports: [Icon, MatButton],
  template: `
    <section class="panel" role="alert">
      <sv-icon [name]="trouble().passing ? 'retry' : 'alert'" />
      <div>
        <h2>{{ trouble().title }}</h2>
        <p>{{ trouble().detail }}</p>
        <p class="sv-quiet">{{ trouble().advice }}</p>
        @if (trouble().correlationId; as id) {
          <p class="sv-quiet reference">
            Reference <code>{{ id }}</code>
          </p>
        }
        @if (canHelp()) {
          <button matButton="outlined" type="button" (click)="retry.emit()">Try again</button>
        }
      </div>
    </section>
  `,
  styles: `
    .panel {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 1rem;
      max-width: 44rem;
      padding: 1.25rem 1.4rem;
      border: 1px solid var(--sv-line);
      border-radius: var(--sv-radius);
      background: var(--sv-card);
      overflow-wrap: anywhere;
    }
    sv-icon {
      width: 1.75rem;
      height: 1.75rem;
      color: var(--sv-warn);
    }
    .panel > div {
      display: grid;
      gap: 0.3rem;
      justify-items: start;
    }
    .reference {
      font-size: 0.8125rem;
    }
    button {
      margin-top: 0.7rem;
    }
  `,
})
export class TroublePanel {
  readonly trouble = input.required<Trouble>();
  readonly retry = output();
  /** If something does not exist or is not allowed, a retry does not help. */
  protected readonly canHelp = computed(() => ![400, 403, 404, 405, 410].includes(this.trouble().status));
}
