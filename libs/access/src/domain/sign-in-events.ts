import { signInMethod } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const userId = z.int();
const at = z.iso.datetime();

/** Without the address: that is kept beside the log, where it can be erased. */
export const signedIn = defineEvent({
  type: 'SignedIn',
  version: 1,
  schema: z.object({ userId, sessionId: z.string(), method: signInMethod, agent: z.string(), at }),
});
export const signedOut = defineEvent({
  type: 'SignedOut',
  version: 1,
  schema: z.object({ userId, sessionId: z.string(), at }),
});
export const sessionsRevoked = defineEvent({
  type: 'SessionsRevoked',
  version: 1,
  schema: z.object({ userId, sessionIds: z.array(z.string()), reason: z.enum(['asked', 'password', 'disabled']), at }),
});
/** Of up to a minute, together: a storm of tries must not fill the log. What was typed as a name may be a password. */
export const signInsFailed = defineEvent({
  type: 'SignInsFailed',
  version: 1,
  schema: z.object({
    from: at,
    to: at,
    count: z.int(),
    networks: z.int(),
    unknownNames: z.int(),
    users: z.array(z.object({ userId, count: z.int() })),
  }),
});

export const signInEvents = [signedIn, signedOut, sessionsRevoked, signInsFailed] as const;
export type SignInEvent = EventOf<(typeof signInEvents)[number]>;

export const signInCategory = 'sign_ins';
export const signInStream = 'sign_ins-all';
