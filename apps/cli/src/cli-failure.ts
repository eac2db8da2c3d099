/** Something went wrong, or was found broken: one line for people, a stable code for scripts. Exit code 1. */
export class CliFailure extends Error {
  constructor(
    message: string,
    readonly code = 'failed',
    /** What was found out, for `--json`. */
    readonly details: object = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The command was not given as it must be. Exit code 2. */
export class UsageFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
