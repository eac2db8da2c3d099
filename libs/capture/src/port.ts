import type { Container } from '@streamvault/media';
import type { Cause } from '@streamvault/failures';
import type { CaptureSource, RefreshReason } from '@streamvault/platforms';

export type { Cause } from '@streamvault/failures';
export type { CaptureSource, RefreshReason } from '@streamvault/platforms';

/** `best`, `audio` (audio only), or a height with optional frame rate as the field writes it: `1080p60`, `720p`. */
export type Quality = string;

/** What to do with advertising that the source marks: leave it out of the recording, or keep it. */
export type AdChoice = 'skip' | 'keep';

export interface CaptureRequest {
  readonly recordingId: number;
  /** The recording's own work folder. It holds the parts and the ledger, and only the engine writes there. */
  readonly directory: string;
  readonly source: CaptureSource & {
    /**
     * Finds the current address of the same broadcast. Absent if there is only one address.
     * @throws SourceUnavailable
     */
    refresh?(reason: RefreshReason, signal: AbortSignal): Promise<CaptureSource>;
  };
  readonly quality: Quality;
  /** Default: `skip`. Either way, time and length of the advertising are recorded. */
  readonly ads?: AdChoice;
  /** It has recorded before. If its ledger is missing, so is its disk, and nothing new is begun in that place. */
  readonly hasBegun?: boolean;
  /** Its source had ended and may have come back, so an end in the ledger does not count. */
  readonly mayGoOn?: boolean;
  /** Why capturing paused since the last time. Default: StreamVault was not running. */
  readonly away?: Cause;
}

export type PartReason = 'start' | 'restart' | 'discontinuity' | 'rotation' | 'sequence-reset' | 'gap';
export type { Container } from '@streamvault/media';

/**
 * What the engine saw. Facts are reported in order. Each may be reported again after a restart, because the engine
 * repeats what its ledger holds, so a receiver must be idempotent by part number and start of the gap. All instants are
 * ISO 8601 UTC, durations are in seconds, sizes in bytes.
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
      /** Why its address was found again during the capture, if it was. */
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
  /** A stretch of advertising that has ended. */
  | {
      readonly kind: 'ad';
      readonly from: string;
      readonly to: string;
      readonly seconds: number;
      readonly kept: boolean;
    }
  /** Advertising is being left out, so no bytes can come. Reported when it begins, and repeatedly while it lasts. */
  | { readonly kind: 'advertising'; readonly at: string; readonly from: string }
  /** No byte was committed for the stall time, or the source fails. This does not end anything. */
  | { readonly kind: 'interrupted'; readonly at: string; readonly cause: Cause }
  /** The first byte after an interruption was committed. */
  | { readonly kind: 'resumed'; readonly at: string };

/**
 * How a capture ended. `failed` occurs only before the first committed byte of a fresh recording; later trouble is
 * `interrupted`.
 */
export type CaptureEnd =
  | {
      readonly kind: 'ended';
      readonly reason: 'endlist';
      /** The source had ended before it was opened: a finished video, not a broadcast that might come back. */
      readonly wasOver?: true;
    }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'failed'; readonly cause: Cause };

/** The state of a running capture. It can be read at any time and costs nothing. */
export interface CaptureProgress {
  readonly recordingId: number;
  readonly bytes: number;
  readonly segments: number;
  readonly durationSeconds: number;
  /** Bytes per second over the last few seconds. */
  readonly bytesPerSecond: number;
  /** ISO 8601 UTC, or undefined before the first byte. */
  readonly lastByteAt?: string;
  /**
   * So far: seconds that could not be fetched, seconds of advertising (left out or kept), and requests that had to be
   * repeated.
   */
  readonly gapSeconds?: number;
  readonly adSeconds?: number;
  readonly retries?: number;
  /** Since when advertising is being left out; undefined if none is. */
  readonly advertisingSince?: string;
}

export interface CaptureReporter {
  /**
   * Awaited. The engine does not continue its bookkeeping until the fact is taken, but it never stops reading the
   * source for that.
   */
  fact(fact: CaptureFact): Promise<void>;
  progress(progress: CaptureProgress): void;
}

/**
 * Reason for a stop when the broadcast is taken to be over, so that nothing the source did not send before it is
 * missing.
 */
export const BROADCAST_OVER = 'broadcast-over';

/**
 * Captures until the source ends or a signal aborts. On `signal` it begins nothing new, gives unfinished segments some
 * seconds to complete, commits what is there (with a gap for an earlier one that is missing), closes the part, syncs,
 * and only then settles with `stopped`. After that it no longer touches the folder. If the source was silent before the
 * stop, that time is a gap, unless the signal's reason is {@link BROADCAST_OVER}. On `leaving`, also if that comes
 * later, it does not wait. What it lacks then is not a gap, because the next capture of the folder may fetch it. If the
 * folder already holds a ledger, that is recovered first, and the capture continues in a new part.
 */
export interface CaptureEngine {
  capture(
    request: CaptureRequest,
    reporter: CaptureReporter,
    signal: AbortSignal,
    leaving?: AbortSignal,
  ): Promise<CaptureEnd>;
}
