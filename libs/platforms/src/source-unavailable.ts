/** Why a broadcast cannot be had, as programs tell it apart. */
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
  /** No proxy brings the question to where it is answered. */
  | 'proxy-failed'
  /** Every proxy that its owner wants is gone from the settings. */
  | 'proxy-missing';

/** Trouble on the way, not an answer: the same question may be answered in a moment. */
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

  /** It was a clear answer; asking again at once will not help. */
  get definitive(): boolean {
    return !PASSING.has(this.problem);
  }
}
