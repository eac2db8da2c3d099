import type { EventFilter } from '@streamvault/event-store';
import type { ReadEvent } from '../event-registry.js';
import type { FollowVerdict } from '../log/follow-log.js';
import type { Role } from './role.js';

/**
 * Does something because of an event: at least once per event, in order, across restarts. Its place in the log is
 * stored under its name in the log itself (`reaction-<name>`), a few seconds late; deleting the read database changes
 * nothing. After a crash the last events are handled again, so its effects must be idempotent by the event's id: use a
 * command id made with `deterministicId(event.id, name)`, or a row with the event's id as key.
 *
 * Another name is another reaction, which begins where its `from` says. With `from: 'start'` it handles everything that
 * ever happened again, so use that only if a repeat is harmless even years later.
 */
export interface Reaction {
  /**
   * Stable, because it is the key of its place. A sentence in kebab-case: `start-recording-when-streamer-goes-live`.
   */
  readonly name: string;
  /** The role of the process that runs it. */
  readonly role: Role;
  readonly filter: EventFilter;
  /** Where it begins the first time it runs: at the start of the log, or with new events. */
  readonly from: 'start' | 'end';
  handle(event: ReadEvent, signal: AbortSignal): Promise<void>;
  /** What happens to an event whose handling failed for the `attempt`th time. Default: `retry` with growing pauses. */
  onFailure?(error: unknown, event: ReadEvent, attempt: number): FollowVerdict;
}
