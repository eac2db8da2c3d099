import { Component, computed, forwardRef, input } from '@angular/core';

const isBranch = (value: unknown): value is object => typeof value === 'object' && value !== null;
/** Anything this large is closed at first. */
const mostOpenEntries = 20;

/**
 * JSON as an outline of fields. Objects and lists are native disclosures, so keyboards and screen readers can use them;
 * values are text that can be selected.
 */
@Component({
  selector: 'sv-json',
  // A part of it is one of it.
  imports: [forwardRef(() => JsonTree)],
  template: `
    @if (entries(); as entries) {
      @if (name() === undefined) {
        @if (entries.length === 0) {
          <span class="sv-quiet">Nothing.</span>
        } @else {
          <ul role="list">
            @for (entry of entries; track entry.key) {
              <li><sv-json [name]="entry.key" [value]="entry.value" [depth]="depth() + 1" /></li>
            }
          </ul>
        }
      } @else if (entries.length === 0) {
        <span class="key">{{ name() }}</span><span class="sv-quiet">{{ isList() ? 'empty list' : 'empty' }}</span>
      } @else {
        <details [open]="isOpenAtFirst()">
          <summary>
            <span class="key">{{ name() }}</span><span class="sv-quiet">{{ size() }}</span>
          </summary>
          <ul role="list" class="inner">
            @for (entry of entries; track entry.key) {
              <li><sv-json [name]="entry.key" [value]="entry.value" [depth]="depth() + 1" /></li>
            }
          </ul>
        </details>
      }
    } @else {
      @if (name() !== undefined) {
        <span class="key">{{ name() }}</span>
      }
      <span class="value" [attr.data-kind]="kind()">{{ text() }}</span>
    }
  `,
  styles: `
    :host {
      display: block;
      font-size: 0.875rem;
      line-height: 1.7;
      overflow-wrap: anywhere;
    }
    .key {
      margin-inline-end: 0.75em;
      color: var(--mat-sys-on-surface-variant);
      font-weight: 600;
    }
    .value {
      font-family: var(--sv-mono);
      font-size: 0.8125rem;
    }
    [data-kind='number'],
    [data-kind='boolean'] {
      color: var(--sv-info);
    }
    [data-kind='null'] {
      color: var(--mat-sys-on-surface-variant);
    }
    summary {
      width: fit-content;
      border-radius: 6px;
      cursor: pointer;
    }
    .inner {
      margin-inline-start: 0.35rem;
      padding-inline-start: 1rem;
      border-inline-start: 1px solid var(--sv-line);
    }
  `,
})
export class JsonTree {
  readonly value = input.required<unknown>();
  readonly name = input<string>();
  readonly depth = input(0);

  protected readonly isList = computed(() => Array.isArray(this.value()));
  /** undefined: it has no parts. */
  protected readonly entries = computed(() => {
    const value = this.value();
    if (!isBranch(value)) return undefined;
    // People count from one.
    if (Array.isArray(value)) return value.map((item: unknown, index) => ({ key: String(index + 1), value: item }));
    return Object.entries(value).map(([key, item]: [string, unknown]) => ({ key, value: item }));
  });
  protected readonly size = computed(() => {
    const count = this.entries()?.length ?? 0;
    const noun = this.isList() ? 'item' : 'field';
    return `${count} ${noun}${count === 1 ? '' : 's'}`;
  });
  protected readonly isOpenAtFirst = computed(
    () => this.depth() < 3 && (this.entries()?.length ?? 0) <= mostOpenEntries,
  );
  protected readonly kind = computed(() => (this.value() === null ? 'null' : typeof this.value()));
  protected readonly text = computed(() => {
    const value = this.value();
    return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing');
  });
}
