import type { Position } from './port.js';

/**
 * The state of a log's hash chain: enough for an outsider to check later that the log still begins with exactly these
 * events.
 */
export interface LogHead {
  /** 0n for an empty log. */
  readonly position: Position;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * - `changed`: a field of the event is not what was hashed (or the event was inserted)
 * - `missing`: an event is gone from this position
 * - `reordered`: the event that is here belongs somewhere else
 * - `truncated`: the log ends before here, and had continued
 * - `altered`: not an event, but what decides how events are read or written: a trigger, a table, a category, a
 * stream's retention
 * - `rewritten`: the log is consistent, but it is not the one from which the expected head was taken
 */
export type ChainBreak = 'changed' | 'missing' | 'reordered' | 'truncated' | 'rewritten' | 'altered';

export type Verification =
  | { readonly kind: 'intact'; readonly events: number; readonly head: LogHead }
  | {
      readonly kind: 'broken';
      /**
       * The first position that differs. For `rewritten`, the position of the expected head: the difference is there or
       * before. For `altered`, 0.
       */
      readonly position: Position;
      readonly break: ChainBreak;
      /** A sentence for people. */
      readonly detail: string;
    };

export interface VerifyProgress {
  readonly position: Position;
  /** Where the walk ends. */
  readonly until: Position;
}

export interface VerifyOptions {
  /** The first position to check; the hash before it is trusted. Default: the first of the log. */
  readonly from?: Position;
  /**
   * A head that was kept elsewhere: with it, a log that was cut off or rebuilt is recognized even if it is consistent.
   */
  readonly expectedHead?: LogHead;
  /** Uses at most a tenth of the thread's time, so that other work does not have to wait. */
  readonly isGentle?: boolean;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Ends the walk with the signal's reason. */
  readonly signal?: AbortSignal;
}
