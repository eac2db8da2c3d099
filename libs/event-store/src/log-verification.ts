import type { Position } from './port.js';

/** What a log's hash chain comes to: enough for an outsider to check later that the log still begins with these very events. */
export interface LogHead {
  /** 0n for an empty log. */
  readonly position: Position;
  /** 64 hexadecimal digits. */
  readonly hash: string;
}

/**
 * - `changed`: a field of the event is not what was hashed (or was put in between)
 * - `missing`: an event is gone from this position
 * - `reordered`: the event that is here belongs somewhere else
 * - `truncated`: the log ends before here, and had gone on
 * - `altered`: no event, but what decides how events are read or written: a trigger, a table, a category, a stream's retention
 * - `rewritten`: the log is sound in itself, but it is not the one of which the expected head was taken
 */
export type ChainBreak = 'changed' | 'missing' | 'reordered' | 'truncated' | 'rewritten' | 'altered';

export type Verification =
  | { readonly kind: 'intact'; readonly events: number; readonly head: LogHead }
  | {
      readonly kind: 'broken';
      /**
       * The first position that is not as it was. For `rewritten`, that of the expected head: it is there or before. For `altered`, 0.
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
  /** The first position to look at; the hash before it is taken on trust. The first of the log by default. */
  readonly from?: Position;
  /** A head that somebody kept: also tells a log that was cut off, or made anew, and is sound in itself. */
  readonly expectedHead?: LogHead;
  /** Takes a tenth of the thread's time at most, so that nobody else has to wait. */
  readonly isGentle?: boolean;
  readonly onProgress?: (progress: VerifyProgress) => void;
  /** Ends the walk with the signal's reason. */
  readonly signal?: AbortSignal;
}
