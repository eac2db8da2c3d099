import { Component, computed, input, output, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { toldTypes } from '../../story/sentences';
import { toLocalInput } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { type EventFilters, type FilterParams, filterParams } from './event-filters';

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());
/** A date and time field contains local time. */
const asInstant = (local: string): string | null => {
  const moment = Date.parse(local);
  return Number.isNaN(moment) ? null : new Date(moment).toISOString();
};

/**
 * The filters with text fields. The form keeps nothing: the applied filters are in the address and are read from there.
 */
@Component({
  selector: 'sv-event-filter-form',
  imports: [Icon, MatButton],
  template: `
    <button type="button" class="toggle" [attr.aria-expanded]="isOpen()" (click)="isOpen.set(!isOpen())">
      <sv-icon name="search" /> {{ isOpen() ? 'Fewer filters' : 'More filters' }}
    </button>
    @if (isOpen()) {
      <form class="sv-card" (submit)="apply($event)">
        <label>
          <span>Type</span>
          <input
            name="type"
            list="sv-event-types"
            autocomplete="off"
            spellcheck="false"
            maxlength="2000"
            [value]="written().type ?? ''"
            placeholder="StopRequested, SourceEnded"
          />
        </label>
        <datalist id="sv-event-types">
          @for (type of types; track type) {
            <option [value]="type"></option>
          }
        </datalist>
        <label>
          <span>Stream</span>
          <input
            name="stream"
            autocomplete="off"
            spellcheck="false"
            maxlength="500"
            [value]="written().stream ?? ''"
            placeholder="recording-3"
          />
        </label>
        <label>
          <span>Request (correlation id)</span>
          <input
            name="correlationId"
            autocomplete="off"
            spellcheck="false"
            maxlength="200"
            [value]="written().correlationId ?? ''"
          />
        </label>
        <label>
          <span>From</span>
          <input name="from" type="datetime-local" step="1" [value]="from()" />
        </label>
        <label>
          <span>To</span>
          <input name="to" type="datetime-local" step="1" [value]="to()" />
        </label>
        <button matButton="tonal" type="submit">Apply</button>
      </form>
    }
  `,
  styles: `
    /* The button stands among the tools, the form below them all. */
    :host {
      display: contents;
    }
    .toggle {
      order: 1;
      padding: 0.2rem 0.4rem;
      border: 0;
      border-radius: 8px;
      background: none;
      color: var(--mat-sys-primary);
      font: inherit;
      font-size: 0.875rem;
      font-weight: 600;
      cursor: pointer;
    }
    form {
      display: grid;
      flex: 1 0 100%;
      order: 3;
      min-width: 0;
      grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr));
      gap: 0.8rem 1rem;
      align-items: end;
      padding: 1rem 1.2rem 1.2rem;
    }
    label {
      display: grid;
      gap: 0.25rem;
      min-width: 0;
    }
    label span {
      color: var(--mat-sys-on-surface-variant);
      font-size: 0.8125rem;
      font-weight: 560;
    }
    input {
      min-width: 0;
      width: 100%;
      height: 2.6rem;
      padding: 0 0.75rem;
      border: 1px solid var(--mat-sys-outline);
      border-radius: var(--sv-radius-small);
      background: var(--mat-sys-surface-container-lowest);
      color: inherit;
      font: inherit;
    }
    input::placeholder {
      color: var(--mat-sys-on-surface-variant);
      opacity: 0.75;
    }
    form button {
      justify-self: start;
    }
  `,
})
export class EventFilterForm {
  readonly filters = input.required<EventFilters>();
  readonly changed = output<FilterParams>();
  protected readonly types = toldTypes.toSorted();
  protected readonly isOpen = signal(false);
  protected readonly written = computed(() => filterParams(this.filters()));
  protected readonly from = computed(() => this.#local(this.filters().from));
  protected readonly to = computed(() => this.#local(this.filters().to));

  protected apply(event: Event): void {
    event.preventDefault();
    const { currentTarget } = event;
    if (!(currentTarget instanceof HTMLFormElement)) return;
    const data = new FormData(currentTarget);
    const text = (name: string): string => {
      const value = data.get(name);
      return typeof value === 'string' ? value : '';
    };
    this.changed.emit({
      type: orNull(text('type')),
      stream: orNull(text('stream')),
      correlationId: orNull(text('correlationId')),
      from: this.#unchanged('from', text('from')),
      to: this.#unchanged('to', text('to')),
    });
  }

  /** The field has whole seconds only. An instant that was not edited keeps its milliseconds. */
  #unchanged(name: 'from' | 'to', local: string): string | null {
    return local === this.#local(this.filters()[name]) ? this.filters()[name] : asInstant(local);
  }

  #local(instant: string | null): string {
    return instant === null ? '' : toLocalInput(instant);
  }
}
