import { computed, signal } from '@angular/core';

/** The selected items of a list; the shift key selects from the last one on. */
export class Selection {
  readonly #ids = signal<ReadonlySet<number>>(new Set());
  #last: number | undefined;
  readonly ids = this.#ids.asReadonly();
  readonly size = computed(() => this.#ids().size);

  has(id: number): boolean {
    return this.#ids().has(id);
  }

  /** @param order the ids as they are shown, for a whole range */
  toggle(id: number, isStretch: boolean, order: readonly number[]): void {
    const next = new Set(this.#ids());
    const from = isStretch && this.#last !== undefined ? order.indexOf(this.#last) : -1;
    const to = order.indexOf(id);
    if (from >= 0 && to >= 0) {
      for (const one of order.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one);
    } else if (!next.delete(id)) {
      next.add(id);
    }
    this.#last = id;
    this.#ids.set(next);
  }

  clear(): void {
    this.#last = undefined;
    this.#ids.set(new Set());
  }
}
