import { z } from 'zod';
import { instant, listQuery, logNumber, page } from './primitives.js';
import { loggedEvent } from './recordings.js';

const commaList = z
  .string()
  .min(1)
  .max(2000)
  .transform((text) => text.split(',').filter((each) => each !== ''))
  .pipe(z.array(z.string().max(200)).min(1).max(50))
  .meta({ description: 'One, or a comma list: any of them.' });
const since = z.iso.datetime({ offset: true });

/** All given criteria must match. Oldest first; `order=newest` reverses it. */
export const auditEventsQuery = z.object({
  stream: z.string().min(1).max(500).optional(),
  category: commaList.optional(),
  type: commaList.optional(),
  correlationId: z.string().min(1).max(200).optional(),
  from: since.optional().meta({ description: 'Recorded at this time or later.' }),
  to: since.optional().meta({ description: 'Recorded at this time or earlier.' }),
  after: logNumber.optional().meta({ description: 'Only events after this position.' }),
  before: logNumber.optional().meta({ description: 'Only events before this position.' }),
  order: z.enum(['oldest', 'newest']).default('oldest'),
  limit: listQuery.shape.limit,
});
export type AuditEventsQuery = z.infer<typeof auditEventsQuery>;

/**
 * `nextCursor` is the position to continue from: as `after` if the oldest come first, as `before` if the newest do. If
 * almost nothing matches, a page may be short, or even empty, and still have one.
 */
export const auditEvents = page(loggedEvent);
export type AuditEvents = z.infer<typeof auditEvents>;

/** What started it all: a request, a fact that the recorder saw, a webhook, a schedule. */
export const eventOrigin = z
  .object({
    correlationId: z.string(),
    actor: z.string().meta({ description: 'Who: `api`, `recorder`, `scheduler`, …' }),
    at: instant,
  })
  .meta({ id: 'EventOrigin' });
export type EventOrigin = z.infer<typeof eventOrigin>;

/** An event with its causes and its effects. */
export const auditEvent = z
  .object({
    event: loggedEvent,
    origin: eventOrigin,
    causes: z
      .array(loggedEvent)
      .meta({ description: 'The chain of events that led to it, from the first one to its direct cause.' }),
    effects: z.array(loggedEvent).meta({ description: 'Events that it caused directly, oldest first; at most 50.' }),
  })
  .meta({ id: 'AuditEvent' });
export type AuditEvent = z.infer<typeof auditEvent>;
