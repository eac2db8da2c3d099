import { type CommandMetadata, deterministicId, type ReadEvent } from '@streamvault/kernel';

/** For a command that an event leads to: the same event leads to the same command, however often it is handled. */
export const causedBy = (event: Pick<ReadEvent, 'id' | 'metadata'>, what: string): CommandMetadata => ({
  commandId: deterministicId(event.id, what),
  correlationId: event.metadata.$correlationId,
  causationId: event.id,
  actor: 'automation',
  now: new Date().toISOString(),
});

/** For what the clock or a look at a platform leads to; `id` is that of the look. */
export const causedByLook = (id: string): CommandMetadata => ({
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: 'automation',
  now: new Date().toISOString(),
});
