import type { CaptureEnd, CaptureReporter, Cause } from '../port.js';
import type { Clock } from './clock.js';

/** A second capture beside the first, as far as the first needs to know it. */
export interface SecondCapture {
  run(): Promise<CaptureEnd>;
  tick(): void;
  readonly bytes: number;
}

/** What becomes of the sound stands in its own ledger. */
export const UNHEARD: CaptureReporter = { fact: () => Promise.resolve(), progress: () => undefined };

/**
 * Sound may end some segments behind the picture, and later still where one of them fails and is tried on, for half a minute; what lies
 * behind it would be lost with it. Longer it is not waited for.
 */
const LAST_SOUND_MS = 45_000;

/** The sound of a source that keeps it apart: captured beside the picture, and ended with it. */
export class SoundCompanion {
  readonly #ending = new AbortController();
  readonly #capture: SecondCapture;
  readonly #done: Promise<void>;

  /**
   * @param begin makes the capture, which stops when the signal does
   * @param fail the sound cannot be had at all
   * @param broken its capture went wrong itself, and has to be begun anew
   */
  constructor(
    begin: (signal: AbortSignal) => SecondCapture,
    private readonly clock: Clock,
    fail: (cause: Cause) => void,
    broken: (error: unknown) => void,
  ) {
    this.#capture = begin(this.#ending.signal);
    this.#done = this.#capture.run().then((end) => {
      if (end.kind === 'failed') fail(end.cause);
    });
    // Also looked at when the picture ends.
    this.#done.catch(broken);
  }

  get bytes(): number {
    return this.#capture.bytes;
  }

  tick(): void {
    this.#capture.tick();
  }

  /** Settles when nothing of it touches its folder any more. */
  async end(atOnce: boolean): Promise<void> {
    const enough = new AbortController();
    if (!atOnce) await Promise.race([this.#done, this.clock.sleep(LAST_SOUND_MS, enough.signal)]);
    enough.abort();
    this.#ending.abort();
    await this.#done;
  }
}
