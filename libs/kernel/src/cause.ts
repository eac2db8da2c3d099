import { z } from 'zod';

/** A `Cause` as it is stored in events. */
export const cause = z.object({ code: z.string(), message: z.string() });
