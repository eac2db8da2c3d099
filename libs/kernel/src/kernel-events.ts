import type { JsonValue } from '@streamvault/event-store';
import { z } from 'zod';
import { defineEvent } from './event-definition.js';

/** zod's own JSON type is mutable; event data is not. */
const json: z.ZodType<JsonValue> = z.json();

/** On `sequence-<kind>`. The event's revision is the number given out, minus one. */
export const idAllocated = defineEvent({ type: 'IdAllocated', version: 1, schema: z.object({ kind: z.string() }) });

/** On `<category>-<key>`: the name belongs to `owner` from now on. */
export const claimed = defineEvent({
  type: 'Claimed',
  version: 1,
  schema: z.object({ owner: z.number().int(), claimedAt: z.string() }),
});

/** On `<category>-<key>`: the name is free again. */
export const released = defineEvent({
  type: 'Released',
  version: 1,
  schema: z.object({ owner: z.number().int(), releasedAt: z.string() }),
});

/** On `idempotency-<hash>`: a key was used for a request (`fingerprint`, hashed), which is being processed. */
export const idempotencyKeyUsed = defineEvent({
  type: 'IdempotencyKeyUsed',
  version: 1,
  schema: z.object({ fingerprint: z.string(), commandId: z.string(), usedAt: z.string() }),
});

/** On `idempotency-<hash>`: the answer that the same key and request get from now on. */
export const idempotentAnswerKept = defineEvent({
  type: 'IdempotentAnswerKept',
  version: 1,
  schema: z.object({ status: z.number().int(), body: json }),
});

/** On `reaction-<name>`: it has handled everything up to that event. The position is the event's place at that time. */
export const reactionAdvanced = defineEvent({
  type: 'ReactionAdvanced',
  version: 1,
  schema: z.object({ eventId: z.string(), stream: z.string(), revision: z.string(), position: z.string() }),
});

/** The kernel's own events: part of every registry. */
export const kernelEvents = [
  idAllocated,
  claimed,
  released,
  idempotencyKeyUsed,
  idempotentAnswerKept,
  reactionAdvanced,
] as const;
