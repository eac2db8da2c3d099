import type { CaptureEnd, CaptureReporter, Cause } from '../port.js';
import type { Clock } from './clock.js';

/** A second capture beside the first, with what the first needs to know about it. */
export interface SecondCapture {
  run(): Promise<CaptureEnd>;
  tick(): void;
  readonly bytes: number;
  /** How far it has recorded, on the wall clock. */
  readonly untilMs: number | undefined;
}

/** The audio is recorded in its own ledger, so its facts are not reported. */
export const UNHEARD: CaptureReporter = { fact: () => Promise.resolve(), progress: () => undefined };

/**
 * The audio may end some segments after the video, and later if a segment fails and is retried for half a minute; what
 * follows it would be lost with it. This is the longest wait.
 */
const LAST_SOUND_MS = 45_000;
/** How long the audio may take to reach the video's end after a stop. */
const STOPPED_SOUND_MS = 5000;
const LOOK_MS = 100;
/** Segments of the two seldom end at the same instant. */
const NEAR_MS = 250;

/**
 * How the video ended: its source ended, it was stopped at that instant of the wall clock, or nothing is waited for.
 */
export type PictureEnd = 'over' | 'at-once' | { readonly untilMs: number | undefined; readonly reason: unknown };

/** The audio of a source that keeps it apart: captured beside the video, and ended with it. */
export class SoundCompanion {
  readonly #ending = new AbortController();
  readonly #capture: SecondCapture;
  readonly #done: Promise<void>;
  #isDone = false;

  /**
   * @param begin makes the capture, which stops when the signal aborts
   * @param fail called if the audio cannot be fetched at all
   * @param broken called if the audio's capture broke and has to begin again
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
    // The error is also handled when the video ends.
    this.#done.catch(broken);
  }

  get bytes(): number {
    return this.#capture.bytes;
  }

  tick(): void {
    this.#capture.tick();
  }

  /** Settles once the audio's capture no longer touches its folder. */
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
