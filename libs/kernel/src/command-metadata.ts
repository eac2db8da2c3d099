/** Where a command comes from. Handlers pass it on; nothing below them asks a clock or a random source. */
export interface CommandMetadata {
  /** UUID. The same id means the same command. */
  readonly commandId: string;
  /** From the request, webhook or schedule that started it all. */
  readonly correlationId: string;
  /** The id of the event or request that caused this command. */
  readonly causationId: string;
  /** Who sent it: `api`, `recorder`, `scheduler`, … */
  readonly actor: string;
  /** ISO 8601 UTC. */
  readonly now: string;
  /** What who asks may do, by names of permissions. Not given: the server itself asks, which may do all. */
  readonly may?: (permission: string) => boolean;
}
