import type { AnswerHeaders } from './answer-head.js';

/** Controls an answer while it arrives. */
export interface AnswerControl {
  /** Stops reading until `resume`. */
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** Receives the result of a request. Its end, or an error, comes last. */
export interface AnswerHandler {
  onRequestStart(control: AnswerControl): void;
  onResponseStart(control: AnswerControl, status: number, headers: AnswerHeaders): void;
  /** A piece of the body, which is valid only until the call returns. */
  onResponseData(control: AnswerControl, piece: Buffer): void;
  onResponseEnd(): void;
  onResponseError(control: AnswerControl | undefined, error: Error): void;
  /** Memory for the next bytes of the body, if the handler has any: at least one byte. */
  room?(): Buffer | undefined;
  /** This many bytes were put into the memory that `room` returned last. */
  filled?(bytes: number): void;
}
