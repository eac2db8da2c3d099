const BEATS = 0;
const WORK = 1;
const BEAT_MS = 250;
const LOOK_MS = 500;

/**
 * The heartbeat of a thread, in memory that it shares with its owner: created by the owner, handed over as
 * `workerData`, and started in the thread with {@link beat}. It beats from the thread's event loop, so it stops when
 * the thread hangs, however long its message queue is. It also contains what the thread is doing at the moment, which
 * can be read when the thread does not answer.
 */
export class Heartbeat {
  readonly shared: SharedArrayBuffer;
  readonly #cells: Int32Array;

  constructor(shared: SharedArrayBuffer = new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT)) {
    this.shared = shared;
    this.#cells = new Int32Array(shared);
  }

  /**
   * Called first in the thread. Does not keep the thread alive.
   * @returns a function that stops it
   */
  beat(everyMs = BEAT_MS): () => void {
    const once = (): void => void Atomics.add(this.#cells, BEATS, 1);
    once();
    const timer = setInterval(once, everyMs).unref();
    return () => clearInterval(timer);
  }

  /**
   * Does work, in one turn, that may never end.
   * @param number identifies the work, greater than 0
   */
  during<Result>(number: number, work: () => Result): Result {
    const before = Atomics.exchange(this.#cells, WORK, number);
    try {
      return work();
    } finally {
      Atomics.store(this.#cells, WORK, before);
    }
  }

  /** The number of the running work; undefined if there is none, or it has no number. */
  get work(): number | undefined {
    return Atomics.load(this.#cells, WORK) || undefined;
  }

  /** How often it has beaten; undefined before the first time. */
  get beats(): number | undefined {
    return Atomics.load(this.#cells, BEATS) || undefined;
  }
}

export interface HeartbeatWatcher {
  /** After this much silence, the thread is reported to hang. Default: 3 s. */
  readonly stallMs?: number;
  /** After this much silence, the thread is given up. Default: 10 s. */
  readonly deadMs?: number;
  stalled?(): void;
  /** It beats again after a stall. */
  back?(): void;
  /** Called once; nothing follows. */
  dead(): void;
}

export interface HeartbeatWatch {
  stop(): void;
}

/**
 * Watches a thread. Its silence is measured by how often this side checked in vain, and each check counts for at most
 * twice its interval: a process that was itself stopped or busy does not blame the thread. A thread that has not beaten
 * yet is still starting.
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
