import type { ReadEvent } from '../event-registry.js';
import { restoredOf } from '../restored.js';

/** An event of the log as the API shows it, upcast to its newest shape. */
export const toLoggedEvent = (event: ReadEvent) => ({
  id: event.id,
  stream: event.stream,
  revision: event.revision.toString(),
  position: event.position.toString(),
  type: event.type,
  version: event.version,
  data: { ...event.data },
  metadata: { ...event.metadata },
  // Of an event that came back, when it first was recorded: that is what its story is about.
  recordedAt: restoredOf(event.metadata)?.recordedAt ?? event.recordedAt,
});
