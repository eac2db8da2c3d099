/** Why Twitch gave no answer, as a code for programs. */
export type TwitchProblem =
  /** The application's own credentials are refused: only other ones help. */
  | 'credentials'
  /** A person has to sign in again. */
  | 'signed-out'
  | 'too-fast'
  /** Twitch answers, and says no. */
  | 'refused'
  /** It does not answer, or has a fault of its own: the same request may succeed in a moment. */
  | 'away';

/** The message is for people and says what to do next; it contains no secret. */
export class TwitchFailure extends Error {
  override readonly name = 'TwitchFailure';
  readonly code: `twitch.${TwitchProblem}`;

  constructor(
    readonly problem: TwitchProblem,
    message: string,
    readonly status = 0,
    readonly answer?: unknown,
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.code = `twitch.${problem}`;
  }
}
