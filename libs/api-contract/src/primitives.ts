import { z } from 'zod';

/** Public id of a streamer, recording or video: a small integer, unique and never reused. */
export const publicId = z
  .int()
  .min(1)
  .max(Number.MAX_SAFE_INTEGER)
  .meta({ description: 'Small integer, unique and never reused.' });
export const instant = z.iso.datetime().meta({ description: 'Instant, ISO 8601 UTC.' });
export const seconds = z.number().min(0).meta({ description: 'Seconds.' });
export const bytes = z.int().min(0).meta({ description: 'Bytes.' });

/** A position of the log or a revision of a stream as a decimal string: opaque, only ordered. */
export const logNumber = z.string().regex(/^\d+$/);

export const cause = z
  .object({ code: z.string(), message: z.string() })
  .meta({ id: 'Cause', description: 'A stable dotted code for programs and a sentence for people.' });
export type Cause = z.infer<typeof cause>;

export const page = <Item extends z.ZodType>(item: Item) =>
  z.object({ items: z.array(item), nextCursor: z.string().nullable() });
export interface Page<Item> {
  readonly items: Item[];
  readonly nextCursor: string | null;
}

/** Of a list that always comes whole. It is put in where answers are sent. */
export const noMore = z.null().optional().meta({ description: 'This list always comes whole.' });
export const wholeList = <Item extends z.ZodType>(item: Item) => z.object({ items: z.array(item), nextCursor: noMore });

export const listQuery = z.object({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(500).optional(),
});

/** RFC 9457. `code` is stable; `errors` comes with a 400 of validation. */
export const problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string(),
    instance: z.string(),
    errors: z.array(z.object({ path: z.string(), message: z.string() })).optional(),
    recordingId: publicId.optional(),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details.' });
export type Problem = z.infer<typeof problem>;
