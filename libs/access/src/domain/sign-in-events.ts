import { signInMethod } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const userId = z.int();
const at = z.iso.datetime();

/** Without the address, which is stored beside the log, where it can be erased. */
export const signedIn = defineEvent({
  type: 'SignedIn',
  version: 2,
  schema: z.object({ userId, sessionId: z.string(), method: signInMethod, agent: z.string(), at }),
  // Passkeys are a method since version 2.
  upcasters: { 1: (data) => data },
});
/** A copy of a passkey may be in use: its counter went back, or stood still. */
export const passkeyRefused = defineEvent({
  type: 'PasskeyRefused',
  version: 1,
  schema: z.object({ userId, passkeyId: z.string(), reason: z.enum(['counter']), at }),
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
/** Before time did it: somebody asked for that, or the account was removed. */
export const addressesErased = defineEvent({
  type: 'AddressesErased',
  version: 1,
  schema: z.object({ userId, count: z.int(), at }),
});
/**
 * Failures of up to a minute together, so that many tries do not fill the log. The typed name is not recorded, because
 * it may be a password.
 */
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

export const signInEvents = [
  signedIn,
  signedOut,
  sessionsRevoked,
  signInsFailed,
  passkeyRefused,
  addressesErased,
] as const;
export type SignInEvent = EventOf<(typeof signInEvents)[number]>;

export const signInCategory = 'sign_ins';
export const signInStream = 'sign_ins-all';
