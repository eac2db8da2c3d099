import { type CommandMetadata, deterministicId, type ReadEvent } from '@streamvault/kernel';

/** For a command that an event causes: the same event gives the same command, however often it is handled. */
export const causedBy = (event: Pick<ReadEvent, 'id' | 'metadata'>, what: string): CommandMetadata => ({
  commandId: deterministicId(event.id, what),
  correlationId: event.metadata.$correlationId,
  causationId: event.id,
  actor: 'automation',
  now: new Date().toISOString(),
});

/** For a command that the clock or a check of a platform causes; `id` is that of the check. */
export const causedByLook = (id: string): CommandMetadata => ({
  commandId: id,
  correlationId: id,
  causationId: id,
  actor: 'automation',
  now: new Date().toISOString(),
});
