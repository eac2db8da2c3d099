import type { Container } from '@streamvault/media';
import type { Cause } from '@streamvault/failures';
import type { CaptureSource, RefreshReason } from '@streamvault/platforms';

export type { Cause } from '@streamvault/failures';
export type { CaptureSource, RefreshReason } from '@streamvault/platforms';

/** `best`, `audio` (audio only), or a height with optional frame rate as the field writes it: `1080p60`, `720p`. */
export type Quality = string;

/** What becomes of advertising that the source marks as such: left out of the recording, or kept in it. */
export type AdChoice = 'skip' | 'keep';

export interface CaptureRequest {
  readonly recordingId: number;
  /** The recording's own work folder. Parts and the ledger live in it, and nobody else writes there. */
  readonly directory: string;
  readonly source: CaptureSource & {
    /**
     * Finds the same broadcast anew. Absent where the address is all there is.
     * @throws SourceUnavailable
     */
    refresh?(reason: RefreshReason, signal: AbortSignal): Promise<CaptureSource>;
  };
  readonly quality: Quality;
  /** Default: `skip`. Either way it is known when there was how much of it. */
  readonly ads?: AdChoice;
  /** It has recorded before: where its ledger is not, its disk is not either, and nothing is begun anew in that place. */
  readonly hasBegun?: boolean;
  /** Its source had ended, and may have come back: an end in the ledger is then none. */
  readonly mayGoOn?: boolean;
  /** Why it was not captured since it was last. Default: StreamVault was not running. */
  readonly away?: Cause;
}

export type PartReason = 'start' | 'restart' | 'discontinuity' | 'rotation' | 'sequence-reset' | 'gap';
export type { Container } from '@streamvault/media';

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
      /** It was found anew in the middle of the capture, and why. */
      readonly again?: RefreshReason;
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
  /** A stretch of advertising that is over. */
  | {
      readonly kind: 'ad';
      readonly from: string;
      readonly to: string;
      readonly seconds: number;
      readonly kept: boolean;
    }
  /** Advertising is being left out, so no byte can come; said when it begins, and again now and then while it lasts. */
  | { readonly kind: 'advertising'; readonly at: string; readonly from: string }
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
  /** Seconds that could not be had, seconds of advertising (left out or kept), and requests that had to be made again, so far. */
  readonly gapSeconds?: number;
  readonly adSeconds?: number;
  readonly retries?: number;
  /** Since when advertising is being left out, while it is. */
  readonly advertisingSince?: string;
}

export interface CaptureReporter {
  /** Awaited: the engine goes no further with its bookkeeping until the fact is taken, but never stops reading the source for it. */
  fact(fact: CaptureFact): Promise<void>;
  progress(progress: CaptureProgress): void;
}

/** Reason of a stop by which nobody misses what the source did not send before it: the broadcast is taken to be over. */
export const BROADCAST_OVER = 'broadcast-over';

/**
 * Captures until the source ends or a signal aborts. On `signal` it begins nothing more, gives what is on its way some seconds to
 * become whole, commits what is there (with a gap where one in front is not), closes the part, syncs, and only then settles with
 * `stopped`: after that nothing of it touches the folder any more. A source that was silent until then leaves a gap up to there, unless
 * the signal's reason is {@link BROADCAST_OVER}. On `leaving`, also when that comes later, it does not wait; and
 * what it has not got is no gap then, for the next capture of the folder may have it.
 * Where the folder already holds a ledger, it is recovered first and the capture goes on in a new part.
 */
export interface CaptureEngine {
  capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd>;
}
