import type {
  CaptureEnd,
  CaptureFact,
  CaptureProgress,
  CaptureRequest,
  CaptureSource,
  RefreshReason,
} from '../port.js';
import type { FfmpegCaptureSettings } from '../ffmpeg/settings.js';
import type { HlsCaptureSettings } from '../session/settings.js';
import type { ProxyRecord } from '@streamvault/network';
import { SourceUnavailable, type SourceProblem } from '@streamvault/platforms';

/** What the thread is started with. */
export interface ThreadData {
  readonly hls: Partial<HlsCaptureSettings>;
  readonly ffmpeg: Partial<FfmpegCaptureSettings>;
}

/** A request as it crosses to the thread. Functions are only marked as present and called back by message. */
export interface PlainRequest extends Omit<CaptureRequest, 'source'> {
  readonly source: CaptureSource;
  readonly refreshable: boolean;
}

export interface PlainError {
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  /** Details of a {@link SourceUnavailable}. */
  readonly problem?: SourceProblem | undefined;
}

export type Outcome<T> = { readonly value: T } | { readonly error: PlainError };

/** `capture` numbers a capture; `call` numbers a question of the thread that waits for an answer. */
export type ToThread =
  | { readonly kind: 'capture'; readonly capture: number; readonly request: PlainRequest }
  /** `isOver`: the broadcast is taken to be over. */
  | { readonly kind: 'stop'; readonly capture: number; readonly isOver: boolean }
  | { readonly kind: 'leave'; readonly capture: number }
  | { readonly kind: 'answer'; readonly call: number; readonly outcome: Outcome<unknown> }
  | { readonly kind: 'close' };

export type FromThread =
  | { readonly kind: 'fact'; readonly capture: number; readonly call: number; readonly fact: CaptureFact }
  | { readonly kind: 'refresh'; readonly capture: number; readonly call: number; readonly reason: RefreshReason }
  /** By number, for all captures that have reported progress since the last message. */
  | { readonly kind: 'progress'; readonly all: ReadonlyMap<number, CaptureProgress> }
  | { readonly kind: 'end'; readonly capture: number; readonly outcome: Outcome<CaptureEnd> }
  /** What the captures have found out about a proxy. */
  | { readonly kind: 'proxy'; readonly key: string; readonly record: ProxyRecord | undefined };

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { message: String(error) };
  const code: unknown = 'code' in error ? error.code : undefined;
  return {
    message: error.message,
    stack: error.stack,
    ...(typeof code === 'string' && { code }),
    ...(error instanceof SourceUnavailable && { problem: error.problem }),
  };
}

/** The value, or throws the error in its original class where callers depend on it. */
export function unwrap<T>(outcome: Outcome<T>): T {
  if ('value' in outcome) return outcome.value;
  const { message, stack, code, problem } = outcome.error;
  const error: Error = problem === undefined ? new Error(message) : new SourceUnavailable(problem, message);
  if (stack !== undefined) error.stack = stack;
  if (code !== undefined) Object.assign(error, { code });
  throw error;
}

/** Settles with the outcome of the work, and never throws. */
export async function outcomeOf<T>(work: () => Promise<T>): Promise<Outcome<T>> {
  try {
    return { value: await work() };
  } catch (error) {
    return { error: toPlainError(error) };
  }
}
