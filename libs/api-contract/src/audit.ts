import { z } from 'zod';
import { instant, logNumber } from './primitives.js';

/** A revision (decimal), or an instant (ISO 8601): the state right after the last event recorded by then. */
export const pointInStream = z
  .union([logNumber, z.iso.datetime({ offset: true })])
  .meta({ description: 'A revision, or an instant: the state after the last event recorded by then.' });

export const stateQuery = z.object({ at: pointInStream.optional() });
export const diffQuery = z.object({ from: pointInStream, to: pointInStream.optional() });

/** A stream folded up to a point, by the code that also runs live. */
export const streamState = z
  .object({
    stream: z.string(),
    revision: logNumber.meta({ description: 'The last revision in it.' }),
    position: logNumber,
    recordedAt: instant.meta({ description: 'When that event was recorded.' }),
    headRevision: logNumber.meta({ description: "The stream's newest revision." }),
    state: z
      .record(z.string(), z.unknown())
      .nullable()
      .meta({ description: 'null if the stream has no state to fold.' }),
  })
  .meta({ id: 'StreamState' });
export type StreamState = z.infer<typeof streamState>;

export const stateChange = z
  .object({
    path: z.string().meta({ description: 'JSON Pointer (RFC 6901) into the state.' }),
    before: z.unknown(),
    after: z.unknown(),
  })
  .meta({ id: 'StateChange' });
export type StateChange = z.infer<typeof stateChange>;

export const streamDiff = z
  .object({ stream: z.string(), from: logNumber, to: logNumber, changes: z.array(stateChange) })
  .meta({ id: 'StreamDiff', description: 'What changed between two points.' });
export type StreamDiff = z.infer<typeof streamDiff>;
