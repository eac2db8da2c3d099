import type { AnswerHeaders } from './answer-head.js';

/** What can be done about an answer while it comes. */
export interface AnswerControl {
  /** Nothing more is read of it until `resume`. */
  pause(): void;
  resume(): void;
  abort(reason: Error): void;
}

/** Is told what becomes of a request: its end, or an error, is the last. */
export interface AnswerHandler {
  onRequestStart(control: AnswerControl): void;
  onResponseStart(control: AnswerControl, status: number, headers: AnswerHeaders): void;
  /** A piece of the body, which stands there only until the call returns. */
  onResponseData(control: AnswerControl, piece: Buffer): void;
  onResponseEnd(): void;
  onResponseError(control: AnswerControl | undefined, error: Error): void;
  /** Where the next bytes of the body are to be put, where there is a place for them: at least one byte. */
  room?(): Buffer | undefined;
  /** So many bytes were put into the room given last. */
  filled?(bytes: number): void;
}
