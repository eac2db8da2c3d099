import type { CaptureEnd, CaptureReporter, Cause } from '../port.js';
import type { Clock } from './clock.js';

/** A second capture beside the first, as far as the first needs to know it. */
export interface SecondCapture {
  run(): Promise<CaptureEnd>;
  tick(): void;
  readonly bytes: number;
  /** On the wall clock, up to where it has something. */
  readonly untilMs: number | undefined;
}

/** What becomes of the sound stands in its own ledger. */
export const UNHEARD: CaptureReporter = { fact: () => Promise.resolve(), progress: () => undefined };

/**
 * Sound may end some segments behind the picture, and later still where one of them fails and is tried on, for half a minute; what lies
 * behind it would be lost with it. Longer it is not waited for.
 */
const LAST_SOUND_MS = 45_000;
/** At a stop it may take so long to get as far as the picture. */
const STOPPED_SOUND_MS = 5000;
const LOOK_MS = 100;
/** Segments of both seldom end at the same instant. */
const NEAR_MS = 250;

/** How the picture ended: its source did, it was stopped at that instant of the wall clock, or nothing is waited for. */
export type PictureEnd = 'over' | 'at-once' | { readonly untilMs: number | undefined; readonly reason: unknown };

/** The sound of a source that keeps it apart: captured beside the picture, and ended with it. */
export class SoundCompanion {
  readonly #ending = new AbortController();
  readonly #capture: SecondCapture;
  readonly #done: Promise<void>;
  #isDone = false;

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
      this.#isDone = true;
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
  async end(picture: PictureEnd): Promise<void> {
    const enough = new AbortController();
    const within = (ms: number): Promise<unknown> => Promise.race([this.#done, this.clock.sleep(ms, enough.signal)]);
    if (picture === 'over') await within(LAST_SOUND_MS);
    else if (picture !== 'at-once') {
      const until = (picture.untilMs ?? 0) - NEAR_MS;
      const tooLate = this.clock.now() + STOPPED_SOUND_MS;
      while (this.clock.now() < tooLate && !this.#isDone && (this.#capture.untilMs ?? 0) < until) await within(LOOK_MS);
    }
    enough.abort();
    this.#ending.abort(typeof picture === 'string' ? undefined : picture.reason);
    await this.#done;
  }
}
