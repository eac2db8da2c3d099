import type { LoggedEvent } from '@streamvault/api-contract';
import type { ReadEvent } from '@streamvault/kernel';

/** An event of the log as the outside reads it, upcast to its newest shape. */
export const toLoggedEvent = (event: ReadEvent): LoggedEvent => ({
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
