/** Why a broadcast cannot be fetched, as a code for programs. */
export type SourceProblem =
  | 'offline'
  | 'not-found'
  | 'subscribers-only'
  | 'geo-blocked'
  | 'token-refused'
  | 'query-changed'
  | 'unsupported'
  | 'tool-missing'
  | 'tool-too-old'
  | 'timeout'
  | 'unreachable'
  /** No proxy delivers the request. */
  | 'proxy-failed'
  /** Every proxy that its owner wants is gone from the settings. */
  | 'proxy-missing';

/** Failures on the way, not answers: the same request may succeed in a moment. */
const PASSING: ReadonlySet<SourceProblem> = new Set(['timeout', 'unreachable', 'proxy-failed']);

/** A source could not be found. The message is for people and says what to do next. */
export class SourceUnavailable extends Error {
  override readonly name = 'SourceUnavailable';
  readonly code: `source.${SourceProblem}`;

  constructor(
    readonly problem: SourceProblem,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = `source.${problem}`;
  }

  /** It was a clear answer; an immediate retry will not help. */
  get definitive(): boolean {
    return !PASSING.has(this.problem);
  }
}
