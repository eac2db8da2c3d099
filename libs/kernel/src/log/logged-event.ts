import type { ReadEvent } from '../event-registry.js';

/** An event of the log as the outside reads it, upcast to its newest shape. */
export const toLoggedEvent = (event: ReadEvent) => ({
  id: event.id,
  stream: event.stream,
  revision: event.revision.toString(),
  position: event.position.toString(),
  type: event.type,
  version: event.version,
  data: { ...event.data },
  metadata: { ...event.metadata },
  recordedAt: event.recordedAt,
});
