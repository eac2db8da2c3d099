/** Where a command comes from. Handlers pass it on; nothing below them asks a clock or a random source. */
export interface CommandMetadata {
  /** UUID. The same id again is the same command, not a second one. */
  readonly commandId: string;
  /** That of the request, webhook or schedule that began it all. */
  readonly correlationId: string;
  /** The id of the event, or of the request, that made somebody send this command. */
  readonly causationId: string;
  /** Who: `api`, `recorder`, `scheduler`, … */
  readonly actor: string;
  /** ISO 8601 UTC. */
  readonly now: string;
}
