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

const leaseWord = z.object({
  /** One run of a process. */
  holder: z.string(),
  /** Grows with each holder. */
  epoch: z.number().int(),
  at: z.string(),
});
/** On `lease-<name>`: the process has it, or still has it. Only the last ones are kept. */
export const leaseHeld = defineEvent({ type: 'LeaseHeld', version: 1, schema: leaseWord });
/** On `lease-<name>`: it is free. */
export const leaseLeft = defineEvent({ type: 'LeaseLeft', version: 1, schema: leaseWord });

/** The kernel's own events: part of every registry. */
export const kernelEvents = [
  idAllocated,
  claimed,
  released,
  idempotencyKeyUsed,
  idempotentAnswerKept,
  reactionAdvanced,
  leaseHeld,
  leaseLeft,
] as const;
