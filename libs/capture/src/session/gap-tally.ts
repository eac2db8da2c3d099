import type { AdEntry, GapEntry } from '../ledger/entries.js';
import type { Cause } from '../port.js';
import type { AdStep } from './plan-segments.js';

const TOUCHING_MS = 1000;

interface OpenGap {
  readonly kind: 'gap';
  fromMs: number;
  toMs: number;
  readonly cause: Cause;
}

type OpenAd = { -readonly [K in keyof AdStep]: AdStep[K] };

/**
 * Collects what is not in the parts until a segment is: what could not be fetched, and skipped advertising. Neighbours
 * with one cause become one gap, neighbouring advertisements one break.
 */
export class GapTally {
  #open: (OpenGap | OpenAd)[] = [];

  add(fromMs: number, toMs: number, cause: Cause): void {
    const last = this.#open.at(-1);
    if (last?.kind === 'gap' && last.cause.code === cause.code && fromMs <= last.toMs + TOUCHING_MS) {
      last.toMs = Math.max(last.toMs, toMs);
    } else this.#open.push({ kind: 'gap', fromMs, toMs: Math.max(fromMs, toMs), cause });
  }

  addAd(step: AdStep): void {
    const last = this.#open.at(-1);
    if (last?.kind === 'ad' && step.fromMs <= last.toMs + TOUCHING_MS) {
      Object.assign(last, { ...step, fromMs: last.fromMs, toMs: Math.max(last.toMs, step.toMs) });
    } else this.#open.push({ ...step });
  }

  entries(): readonly (GapEntry | AdEntry)[] {
    return this.#open.map((open) => {
      const { fromMs, toMs } = open;
      const span = {
        from: new Date(fromMs).toISOString(),
        to: new Date(toMs).toISOString(),
        seconds: Math.round(toMs - fromMs) / 1000,
      };
      if (open.kind === 'gap') return { type: 'gap', ...span, cause: open.cause };
      return { type: 'ad', ...span, mediaSequence: open.mediaSequence, identity: open.identity };
    });
  }

  /** The longest loss since the last segment. */
  get longestMs(): number {
    return this.#open.reduce(
      (most, { kind, fromMs, toMs }) => (kind === 'gap' ? Math.max(most, toMs - fromMs) : most),
      0,
    );
  }

  clear(): void {
    this.#open = [];
  }
}
