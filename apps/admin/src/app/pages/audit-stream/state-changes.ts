import { Component, computed, input } from '@angular/core';
import type { StateChange } from '@streamvault/api-contract';
import { JsonTree } from '../../ui/json-tree';
import { changeInWords } from './change-words';

/** What an event changed: field by field, before and after. */
@Component({
  selector: 'sv-state-changes',
  imports: [JsonTree],
  template: `
    @if (told().length > 0) {
      <dl data-testid="changes">
        @for (change of told(); track change.path) {
          <div>
            <dt>{{ change.field }}</dt>
            <dd>
              @for (side of [change.before, change.after]; track $index) {
                @if ($last) {
                  <span class="arrow" aria-hidden="true">→</span><span class="sv-sr-only">became</span>
                }
                <span class="side" [class.before]="$first">
                  @if (side.text === null) {
                    <sv-json name="details" [value]="side.value" [depth]="2" />
                  } @else {
                    {{ side.text }}
                  }
                </span>
              }
            </dd>
          </div>
        }
      </dl>
    } @else {
      <p class="sv-quiet">{{ none() }}</p>
    }
  `,
  styles: `
    dl {
      display: grid;
      gap: 0.5rem;
    }
    dl > div {
      display: grid;
      grid-template-columns: minmax(6rem, 13rem) minmax(0, 1fr);
      gap: 0 1rem;
    }
    dt {
      font-weight: 600;
      overflow-wrap: anywhere;
    }
    dd {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.6rem;
      align-items: baseline;
      min-width: 0;
    }
    .side {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .before,
    .arrow {
      color: var(--mat-sys-on-surface-variant);
    }
    @media (width < 560px) {
      dl > div {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class StateChanges {
  readonly changes = input.required<readonly StateChange[]>();
  /** What to say where there is no change. */
  readonly none = input.required<string>();
  protected readonly told = computed(() => this.changes().map((change) => changeInWords(change)));
}
