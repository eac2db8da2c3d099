const WIDTH = 24;
const EVERY_MS = 100;
const CLEAR_LINE = '\r\u001b[K';

export interface Progress {
  /** @param total absent if unknown */
  show(label: string, done: number, total?: number): void;
  /** Removes the bar from the screen. */
  end(): void;
}

export const noProgress: Progress = { show: () => undefined, end: () => undefined };

/** One line that is overwritten; for terminals only. */
export class ProgressBar implements Progress {
  readonly #out: NodeJS.WritableStream;
  #next = 0;
  #isShown = false;

  constructor(out: NodeJS.WritableStream) {
    this.#out = out;
  }

  show(label: string, done: number, total?: number): void {
    const now = performance.now();
    if (now < this.#next && done !== total) return;
    this.#next = now + EVERY_MS;
    this.#isShown = true;
    this.#out.write(`${CLEAR_LINE}${barLine(label, done, total)}`);
  }

  end(): void {
    if (this.#isShown) this.#out.write(CLEAR_LINE);
    this.#isShown = false;
  }
}

export function barLine(label: string, done: number, total: number | undefined): string {
  const count = done.toLocaleString('en');
  if (total === undefined) return `${label} ${count}`;
  const part = total === 0 ? 1 : Math.min(1, done / total);
  const filled = Math.round(part * WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(WIDTH - filled);
  return `${label} ${bar} ${String(Math.floor(part * 100)).padStart(3)} %  ${count} of ${total.toLocaleString('en')}`;
}
