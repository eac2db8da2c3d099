/** `best`, `audio` (audio only), or a height with optional frame rate as the field writes it: `1080p60`, `720p`. */
export type Quality = string;

export interface CaptureRequest {
  readonly recordingId: number;
  /** The recording's own work folder. Parts and the ledger live in it, and nobody else writes there. */
  readonly directory: string;
  readonly source: { readonly url: string; readonly headers?: Readonly<Record<string, string>> };
  readonly quality: Quality;
}

/** A stable dotted code for programs and a sentence for people that says what was seen and what to do next. */
export interface Cause {
  readonly code: string;
  readonly message: string;
}

export type PartReason = 'start' | 'restart' | 'discontinuity' | 'rotation' | 'sequence-reset';
export type Container = 'ts' | 'mp4';

/**
 * What the engine saw. Facts are reported in order, and each may be reported again after a restart (the engine repeats what its
 * ledger holds), so whoever takes them is idempotent by part number and gap start.
 * All instants are ISO 8601 UTC, durations seconds, sizes bytes.
 */
export type CaptureFact =
  | {
      readonly kind: 'sourceOpened';
      readonly at: string;
      readonly variant: {
        readonly url: string;
        readonly bandwidth?: number;
        readonly width?: number;
        readonly height?: number;
        readonly codecs?: string;
        readonly name?: string;
      };
      readonly targetDurationSeconds: number;
    }
  | {
      readonly kind: 'partOpened';
      readonly at: string;
      readonly number: number;
      readonly container: Container;
      readonly reason: PartReason;
    }
  | {
      readonly kind: 'partClosed';
      readonly at: string;
      readonly number: number;
      readonly bytes: number;
      readonly segments: number;
      readonly durationSeconds: number;
    }
  | {
      readonly kind: 'gap';
      readonly from: string;
      readonly to: string;
      readonly seconds: number;
      readonly cause: Cause;
    }
  /** No committed byte for the stall time, or the source fails: not a decision to end anything. */
  | { readonly kind: 'interrupted'; readonly at: string; readonly cause: Cause }
  /** The next byte after an interruption was committed. */
  | { readonly kind: 'resumed'; readonly at: string };

/** How a capture ended. `failed` only before the first committed byte of a fresh recording; later trouble is `interrupted`. */
export type CaptureEnd =
  | { readonly kind: 'ended'; readonly reason: 'endlist' }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly cause: Cause };

/** Where a running capture stands; read at any time, costs nothing. */
export interface CaptureProgress {
  readonly recordingId: number;
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
  /** Bytes per second over the last few seconds. */
  readonly bytesPerSecond: number;
  /** ISO 8601 UTC, or undefined before the first byte. */
  readonly lastByteAt?: string;
}

export interface CaptureReporter {
  /** Awaited: the engine goes no further with its bookkeeping until the fact is taken, but never stops reading the source for it. */
  fact(fact: CaptureFact): Promise<void>;
  progress(progress: CaptureProgress): void;
}

/**
 * Captures until the source ends or the signal aborts. On abort it commits what is complete, closes the part, syncs, and only then
 * settles with `stopped`: after that nothing of it touches the folder any more.
 * Where the folder already holds a ledger, it is recovered first and the capture goes on in a new part.
 */
export interface CaptureEngine {
  capture(request: CaptureRequest, reporter: CaptureReporter, signal: AbortSignal): Promise<CaptureEnd>;
}
