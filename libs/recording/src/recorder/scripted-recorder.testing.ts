import type { CaptureEnd, CaptureEngine, CaptureReporter, CaptureRequest } from '@streamvault/capture';
import { after } from '../domain/recording-samples.testing.js';
import type { Clock } from '../ports.js';

/** A clock that only moves when the test moves it. */
export class HeldClock implements Clock {
  #now = Date.parse(after(0));
  readonly #waits = new Set<{ until: number; done: () => void }>();

  now(): number {
    return this.#now;
  }
  sleep(milliseconds: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wait = { until: this.#now + milliseconds, done: () => (this.#waits.delete(wait), resolve()) };
      this.#waits.add(wait);
      signal.addEventListener('abort', wait.done, { once: true });
    });
  }
  advance(seconds: number): void {
    this.#now += seconds * 1000;
    for (const wait of this.#waits) if (wait.until <= this.#now) wait.done();
  }
}

export interface ScriptedRun {
  readonly request: CaptureRequest;
  readonly reporter: CaptureReporter;
  readonly signal: AbortSignal;
  readonly leaving: AbortSignal | undefined;
  readonly end: (end: CaptureEnd) => void;
  readonly break: (error: Error) => void;
}

/** A capture that does what the test says, when it says it. */
export class ScriptedEngine implements CaptureEngine {
  readonly runs: ScriptedRun[] = [];
  /** After a stop it waits for unfinished segments, until it is told to leave. */
  lingers = false;
  readonly #began: (() => void)[] = [];

  capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd> {
    return new Promise((resolve, reject) => {
      const stopped = (): void => resolve({ kind: 'stopped' });
      if (!this.lingers) signal.addEventListener('abort', stopped, { once: true });
      leaving?.addEventListener('abort', stopped, { once: true });
      this.runs.push({ request, reporter, signal, leaving, end: resolve, break: reject });
      for (const began of this.#began.splice(0)) began();
    });
  }
  async run(index: number) {
    while (!this.runs[index]) await new Promise<void>((resolve) => this.#began.push(resolve));
    return this.runs[index]!;
  }
}
