import { z } from 'zod';
import { bytes, instant, publicId } from './primitives.js';

export const preflightProblem = z
  .object({
    /** Stable and dotted, for programs. */
    code: z.string(),
    /** `fail`: the next recording will probably not succeed. `warn`: it may be worse than it could be. */
    level: z.enum(['warn', 'fail']),
    subject: z.enum(['source', 'credentials', 'quality', 'folder', 'room']),
    /** null if it concerns all. */
    streamerId: publicId.nullable(),
    streamerName: z.string().nullable(),
    message: z.string(),
    /** What to do about it; null if nothing can be done here. */
    next: z.string().nullable(),
  })
  .meta({ id: 'PreflightProblem' });
export type PreflightProblem = z.infer<typeof preflightProblem>;

export const preflightFacts = z.object({
  checkedAt: instant,
  /** How many streamers were checked: those that record themselves. */
  streamers: z.int(),
  problems: z.array(preflightProblem),
  /** Credentials for Twitch, and until when they are valid; null if there are none. */
  credentials: z.array(z.object({ name: z.enum(['app-token', 'sign-in']), validUntil: instant.nullable() })),
  /** Streamers who will probably go live within a day, the soonest first. */
  expected: z.array(z.object({ streamerId: publicId, streamerName: z.string(), at: instant, bytes })),
  room: z
    .object({
      freeBytes: bytes,
      /** What the expected broadcasts will probably take, in addition to what is being written now. */
      neededBytes: bytes,
      /** When the next one is expected. */
      until: instant.nullable(),
    })
    .nullable(),
});
export type PreflightFacts = z.infer<typeof preflightFacts>;

/** `null` before the first check. */
export const preflightAnswer = z.object({ report: preflightFacts.nullable() }).meta({ id: 'Preflight' });
export type PreflightAnswer = z.infer<typeof preflightAnswer>;
