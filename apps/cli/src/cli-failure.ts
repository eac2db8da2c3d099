/** A failure, or a fault that was found: one line for people, a stable code for scripts. Exit code 1. */
export class CliFailure extends Error {
  constructor(
    message: string,
    readonly code = 'failed',
    /** The findings, for `--json`. */
    readonly details: object = {},
    options?: ErrorOptions,
  ) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The command was used wrongly. Exit code 2. */
export class UsageFailure extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}
