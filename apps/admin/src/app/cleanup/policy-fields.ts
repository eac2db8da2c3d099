import { Component, input, output } from '@angular/core';
import type { CleanupPolicy } from '@streamvault/api-contract';

const gigabyte = 1e9;

/** What a policy removes and keeps, field by field. An empty field means no limit. */
@Component({
  selector: 'sv-policy-fields',
  template: `
    <label class="check">
      <input #on type="checkbox" [checked]="policy().enabled" (change)="setEnabled(on.checked)" /> Clean up by these
      rules
    </label>
    <div class="limits">
      <label>
        Keep only the newest
        <input
          #newest
          type="number"
          min="1"
          name="beyondNewest"
          [value]="policy().remove.beyondNewest ?? ''"
          (input)="setRemove('beyondNewest', newest.value)"
        />
      </label>
      <label>
        Remove after days
        <input
          #older
          type="number"
          min="1"
          name="olderThanDays"
          [value]="policy().remove.olderThanDays ?? ''"
          (input)="setRemove('olderThanDays', older.value)"
        />
      </label>
      <label>
        Remove days after it was watched
        <input
          #watched
          type="number"
          min="1"
          name="watchedDaysAgo"
          [value]="policy().remove.watchedDaysAgo ?? ''"
          (input)="setRemove('watchedDaysAgo', watched.value)"
        />
      </label>
      <label>
        At most, GB
        <input
          #above
          type="number"
          min="1"
          name="aboveBytes"
          [value]="inGigabytes(policy().remove.aboveBytes)"
          (input)="setRemove('aboveBytes', above.value, gigabyte)"
        />
      </label>
      <label>
        Free room wanted, GB
        <input
          #free
          type="number"
          min="1"
          name="belowFreeBytes"
          [value]="inGigabytes(policy().remove.belowFreeBytes)"
          (input)="setRemove('belowFreeBytes', free.value, gigabyte)"
        />
      </label>
      <label>
        Always keep the newest
        <input
          #keep
          type="number"
          min="1"
          name="keepNewest"
          [value]="policy().keep.newest ?? ''"
          (input)="setKeep('newest', keep.value)"
        />
      </label>
      <label>
        Always keep what is younger than days
        <input
          #young
          type="number"
          min="1"
          name="keepYounger"
          [value]="policy().keep.youngerThanDays ?? ''"
          (input)="setKeep('youngerThanDays', young.value)"
        />
      </label>
      <label>
        Rules
        <select #combine class="sv-input" name="combine" (change)="setCombine(combine.value)">
          <option value="any" [selected]="policy().combine === 'any'">one of them is enough</option>
          <option value="all" [selected]="policy().combine === 'all'">all of them have to agree</option>
        </select>
      </label>
      <label>
        Goes first
        <select #order class="sv-input" name="order" (change)="setOrder(order.value)">
          <option value="oldest" [selected]="policy().order === 'oldest'">the oldest</option>
          <option value="largest" [selected]="policy().order === 'largest'">the largest</option>
        </select>
      </label>
    </div>
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
    }
    .limits {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(100%, 15rem), 1fr));
      gap: 0.75rem 1rem;
    }
    label {
      display: grid;
      gap: 0.25rem;
      font-size: 0.8125rem;
    }
    .check {
      display: flex;
      gap: 0.5rem;
      align-items: center;
      min-height: 44px;
      font-size: inherit;
    }
    input:not([type='checkbox']),
    select {
      height: 2.5rem;
      width: 100%;
      max-width: 14rem;
      padding: 0 0.75rem;
      border: 1px solid var(--mat-sys-outline);
      border-radius: var(--sv-radius-small);
      background: var(--sv-card);
      color: inherit;
      font: inherit;
    }
  `,
})
export class PolicyFields {
  readonly policy = input.required<CleanupPolicy>();
  readonly changed = output<CleanupPolicy>();
  protected readonly gigabyte = gigabyte;

  /** Text of a number field; empty means no limit. */
  protected setRemove(name: keyof CleanupPolicy['remove'], text: string, unit = 1): void {
    const { remove } = this.policy();
    this.#change({ remove: { ...remove, [name]: limitOf(text, unit) } });
  }
  protected setKeep(name: keyof CleanupPolicy['keep'], text: string): void {
    const { keep } = this.policy();
    this.#change({ keep: { ...keep, [name]: limitOf(text, 1) } });
  }
  protected setEnabled(enabled: boolean): void {
    this.#change({ enabled });
  }
  protected setCombine(combine: string): void {
    this.#change({ combine: combine === 'all' ? 'all' : 'any' });
  }
  protected setOrder(order: string): void {
    this.#change({ order: order === 'largest' ? 'largest' : 'oldest' });
  }
  protected inGigabytes(bytes: number | null): number | '' {
    return bytes === null ? '' : bytes / gigabyte;
  }

  #change(changes: Partial<CleanupPolicy>): void {
    this.changed.emit({ ...this.policy(), ...changes });
  }
}

const limitOf = (text: string, unit: number): number | null => {
  const value = Math.round(Number(text) * unit);
  return text.trim() !== '' && Number.isFinite(value) && value >= 1 ? value : null;
};
