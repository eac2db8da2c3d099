import { z } from 'zod';
import { instant, logNumber, noMore, seconds } from './primitives.js';

/** The event at which a projection stopped. */
export const poisonedEvent = z
  .object({ id: z.string(), type: z.string(), stream: z.string(), revision: logNumber, position: logNumber })
  .meta({ id: 'PoisonedEvent' });
export type PoisonedEvent = z.infer<typeof poisonedEvent>;

/** A projection that is being rebuilt beside the live one. */
export const projectionRebuild = z
  .object({
    state: z
      .enum(['waiting', 'building', 'swapping', 'failed'])
      .meta({ description: '`failed`: at `poisonedEvent`; the live one goes on as it was.' }),
    startedAt: instant,
    position: logNumber.nullable(),
    progress: z.number().min(0).max(1).nullable().meta({ description: 'Estimated; null before anything is known.' }),
    remainingSeconds: seconds.nullable().meta({ description: 'Estimated; null before anything is known.' }),
    error: z.string().nullable(),
    poisonedEvent: poisonedEvent.nullable(),
  })
  .meta({ id: 'ProjectionRebuild' });
export type ProjectionRebuild = z.infer<typeof projectionRebuild>;

/** A read model and how far it is. */
export const projection = z
  .object({
    name: z.string(),
    version: z.int().min(1),
    state: z.enum(['catching-up', 'live', 'poisoned', 'stopped', 'outdated']).meta({
      description:
        '`poisoned`: stopped at `poisonedEvent`, because of `error`. `outdated`: the rows of an earlier version are served until those of this one are built.',
    }),
    position: logNumber
      .nullable()
      .meta({ description: 'Everything up to here is in it; null before the first event.' }),
    lagSeconds: seconds.meta({ description: 'Age of the first event that is not in it yet; 0 if none waits.' }),
    error: z.string().nullable(),
    poisonedEvent: poisonedEvent.nullable(),
    rebuild: projectionRebuild.nullable(),
  })
  .meta({ id: 'Projection' });
export type Projection = z.infer<typeof projection>;

export const projections = z.object({
  /** Position of the last event in the log. */
  headPosition: logNumber.nullable(),
  items: z.array(projection),
  nextCursor: noMore,
});
export type Projections = z.infer<typeof projections>;
