import type { EventDamaged } from '../errors.js';
import type { Verification } from '../log-verification.js';
import type { Position } from '../port.js';

/** With more than this, the file is damaged, not single events. */
const REMEMBERED = 100;

/** Damage found since the log was opened, by reads and by verifying it. */
export class DamageMemory {
  readonly #damaged = new Map<Position, string>();
  #break: string | undefined;

  get findings(): readonly string[] {
    const count = this.#damaged.size;
    const [first] = this.#damaged.values();
    const others = count > 1 ? ` ${count - 1} more ${count > 2 ? 'are' : 'is'} damaged too.` : '';
    return [...(first === undefined ? [] : [first + others]), ...(this.#break === undefined ? [] : [this.#break])];
  }

  note({ place: { position }, message }: EventDamaged): void {
    if (this.#damaged.size < REMEMBERED) this.#damaged.set(position, message);
  }

  noteBreak({ position, break: kind, detail }: Extract<Verification, { kind: 'broken' }>): void {
    const where = kind === 'altered' ? '' : ` at position ${position}`;
    this.#break =
      `The event log is broken${where} (${kind}). ${detail} Keep this file, check it with "streamvault log verify", and restore a ` +
      'backup from before.';
  }
}
