/**
 * A decider produced something that its own schema does not allow. Names places, never values, because they may be
 * private.
 */
export class EventSchemaViolation extends Error {
  constructor(
    readonly eventType: string,
    readonly version: number,
    readonly problems: readonly string[],
  ) {
    super(`${eventType} version ${version} does not match its schema: ${problems.join('; ')}.`);
    this.name = new.target.name;
  }
}

/** The log holds an event of an unregistered type. */
export class UnknownEventType extends Error {
  constructor(
    readonly eventType: string,
    readonly stream: string,
    readonly revision: bigint,
  ) {
    super(
      `No definition for event type ${eventType} (${stream} at revision ${revision}). ` +
        `Register it, or start the version of the program that wrote it.`,
    );
    this.name = new.target.name;
  }
}

/** The log was written by a newer program than this one. */
export class EventFromNewerVersion extends Error {
  constructor(
    readonly eventType: string,
    readonly version: number,
    readonly known: number,
    readonly stream: string,
    readonly revision: bigint,
  ) {
    super(
      `${eventType} is of version ${version} at ${stream} revision ${revision}, but this program knows it up to version ` +
        `${known}. Start the newer version of the program again.`,
    );
    this.name = new.target.name;
  }
}

/** An old event could not be brought to its type's present version: the upcaster is wrong for it. */
export class UpcastFailed extends Error {
  constructor(
    readonly eventType: string,
    readonly version: number,
    readonly stream: string,
    readonly revision: bigint,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(`${eventType} version ${version} at ${stream} revision ${revision} could not be upcast: ${reason}.`, options);
    this.name = new.target.name;
  }
}

/**
 * Whether an event is stored correctly and only this program cannot read it, because it does not know its type or
 * version.
 */
export const isUnreadable = (error: unknown): error is UnknownEventType | EventFromNewerVersion | UpcastFailed =>
  error instanceof UnknownEventType || error instanceof EventFromNewerVersion || error instanceof UpcastFailed;
