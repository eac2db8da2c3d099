/** Why Twitch gave no answer, as programs tell it apart. */
export type TwitchProblem =
  /** The application's own credentials are refused: nothing helps but other ones. */
  | 'credentials'
  /** A person has to sign in again. */
  | 'signed-out'
  | 'too-fast'
  /** Twitch answers, and says no. */
  | 'refused'
  /** It does not answer, or has trouble of its own: the same question may be answered in a moment. */
  | 'away';

/** The message is for people and says what to do next; no secret is in it. */
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
