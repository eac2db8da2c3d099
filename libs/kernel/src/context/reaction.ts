import type { EventFilter } from '@streamvault/event-store';
import type { ReadEvent } from '../event-registry.js';
import type { FollowVerdict } from '../log/follow-log.js';
import type { Role } from './role.js';

/**
 * Does something because of an event: at least once per event, in order, across restarts. How far it has come is kept under its name in
 * the log itself (`reaction-<name>`), a few seconds behind; deleting the read database changes nothing. After a crash the last
 * events are handled again, so its effects must be idempotent by the event's id: a command id made of it with
 * `deterministicId(event.id, name)`, or a row that the event's id is the key of.
 *
 * Another name is another reaction, which begins as its `from` says. With `from: 'start'` that means again with all that ever
 * happened: right only where a repeat does no harm years later either.
 */
export interface Reaction {
  /** Stable: the place's key. A sentence in kebab-case: `start-recording-when-streamer-goes-live`. */
  readonly name: string;
  /** The role of the process that runs it. */
  readonly role: Role;
  readonly filter: EventFilter;
  /** Where it begins the first time it runs: with all that ever happened, or with what happens from then on. */
  readonly from: 'start' | 'end';
  handle(event: ReadEvent, signal: AbortSignal): Promise<void>;
  /** What becomes of an event whose handling failed for the `attempt`th time; `retry` with growing pauses where it is not given. */
  onFailure?(error: unknown, event: ReadEvent, attempt: number): FollowVerdict;
}
