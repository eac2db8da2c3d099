/**
 * The server cannot start, for a reason that the operator can correct. Its message is one line and all that is printed.
 */
export class StartRefused extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}
