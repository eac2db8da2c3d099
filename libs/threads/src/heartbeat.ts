const BEATS = 0;
const WORK = 1;
const BEAT_MS = 250;
const LOOK_MS = 500;

/**
 * The heart of a thread, in memory that it shares with whoever began it: made there, handed over as `workerData`, and told in the
 * thread to {@link beat}. It beats from the thread's event loop, so it stops where the thread stands still, however long the queue of
 * its messages is. Beside it stands what the thread is doing at the moment, which can be read when nothing else can be asked.
 */
export class Heartbeat {
  readonly shared: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#cells = new Int32Array(shared);
  }

  /** Called in the thread, first of all. Keeps no thread from ending. @returns what stops it */
  beat(everyMs = BEAT_MS): () => void {
    const once = (): void => void Atomics.add(this.#cells, BEATS, 1);
    once();
    const timer = setInterval(once, everyMs).unref();
    return () => clearInterval(timer);
  }

  /** Does work, in one turn, that may not come to an end. @param number what it is for, greater than 0 */
  during<Result>(number: number, work: () => Result): Result {
    const before = Atomics.exchange(this.#cells, WORK, number);
    try {
      return work();
    } finally {
      Atomics.store(this.#cells, WORK, before);
    }
  }

  /** The number of the work that is being done; undefined where it is none that was named. */
  get work(): number | undefined {
    return Atomics.load(this.#cells, WORK) || undefined;
  }

  /** How often it has beaten; undefined before the first time. */
  get beats(): number | undefined {
    return Atomics.load(this.#cells, BEATS) || undefined;
  }
}

export interface HeartbeatWatcher {
  /** Silent for so long, the thread is said to stall. Default: 3 s. */
  readonly stallMs?: number;
  /** Silent for so long, the thread is given up. Default: 10 s. */
  readonly deadMs?: number;
  stalled?(): void;
  /** It beats again after a stall. */
  back?(): void;
  /** Said once; nothing is said afterwards. */
  dead(): void;
}

export interface HeartbeatWatch {
  stop(): void;
}

/**
 * Watches over a thread. Its silence is measured by how often this side looked in vain, each look counting for no more than twice
 * its interval: a process that was stopped, or did not get to look, blames nobody else for that. A thread that has not beaten yet is
 * still beginning.
 */
export function watchHeartbeat(heart: Heartbeat, watcher: HeartbeatWatcher, lookMs = LOOK_MS): HeartbeatWatch {
  const { stallMs = 3000, deadMs = 10_000 } = watcher;
  let seen = heart.beats;
  let silentMs = 0;
  let lookedAtMs = performance.now();
  const look = (): void => {
    const now = performance.now();
    const sinceMs = Math.min(now - lookedAtMs, lookMs * 2);
    lookedAtMs = now;
    const { beats } = heart;
    const wasStalled = silentMs >= stallMs;
    silentMs = beats === seen && beats !== undefined ? silentMs + sinceMs : 0;
    seen = beats;
    if (silentMs >= deadMs) {
      clearInterval(timer);
      watcher.dead();
    } else if (!wasStalled && silentMs >= stallMs) watcher.stalled?.();
    else if (wasStalled && silentMs === 0) watcher.back?.();
  };
  const timer = setInterval(look, lookMs).unref();
  return { stop: () => clearInterval(timer) };
}
