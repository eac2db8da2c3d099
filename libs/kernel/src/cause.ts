import { z } from 'zod';

/** A `Cause` as events keep it. */
export const cause = z.object({ code: z.string(), message: z.string() });
