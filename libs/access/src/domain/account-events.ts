import { role } from '@streamvault/api-contract';
import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const userId = z.int();
const at = z.iso.datetime();

/** How an account was created, or who changed it. */
export const origin = z.enum(['set-up', 'settings', 'user', 'identity-provider', 'proxy', 'command-line']);
export type Origin = z.infer<typeof origin>;

/** Names the password that is valid. Its hash is only in the access records; null: there is none. */
const credential = z.string().nullable();

export const userCreated = defineEvent({
  type: 'UserCreated',
  version: 1,
  schema: z.object({ userId, name: z.string(), role, credential, origin, at }),
});
export const userRenamed = defineEvent({
  type: 'UserRenamed',
  version: 1,
  schema: z.object({ userId, name: z.string(), at }),
});
export const userRoleChanged = defineEvent({
  type: 'UserRoleChanged',
  version: 1,
  schema: z.object({ userId, role, origin, at }),
});
export const userPasswordChanged = defineEvent({
  type: 'UserPasswordChanged',
  version: 1,
  schema: z.object({ userId, credential, origin, at }),
});
export const userDisabled = defineEvent({ type: 'UserDisabled', version: 1, schema: z.object({ userId, at }) });
export const userEnabled = defineEvent({
  type: 'UserEnabled',
  version: 1,
  schema: z.object({ userId, origin, at }),
});
export const userRemoved = defineEvent({ type: 'UserRemoved', version: 1, schema: z.object({ userId, at }) });

/** Whose recordings a viewer sees; null: all, including streamers that are added later. */
export const userVisibilityChanged = defineEvent({
  type: 'UserVisibilityChanged',
  version: 1,
  schema: z.object({ userId, streamerIds: z.array(z.int()).nullable(), at }),
});

/** An identity is a hash of issuer and subject, so that a provider's name for a user stays out of the log. */
export const userIdentityLinked = defineEvent({
  type: 'UserIdentityLinked',
  version: 1,
  schema: z.object({ userId, identity: z.string(), at }),
});

const passkeyId = z.string();
/** Its public key and the credential's id are stored beside the log. */
export const passkeyAdded = defineEvent({
  type: 'PasskeyAdded',
  version: 1,
  schema: z.object({ userId, passkeyId, name: z.string(), site: z.string(), at }),
});
export const passkeyRemoved = defineEvent({
  type: 'PasskeyRemoved',
  version: 1,
  schema: z.object({ userId, passkeyId, at }),
});

export const accountEvents = [
  userCreated,
  userRenamed,
  userRoleChanged,
  userPasswordChanged,
  userDisabled,
  userEnabled,
  userRemoved,
  userIdentityLinked,
  userVisibilityChanged,
  passkeyAdded,
  passkeyRemoved,
] as const;
export type AccountEvent = EventOf<(typeof accountEvents)[number]>;

export const accountCategory = 'accounts';
/** One stream for all accounts, because the rule that the last administrator stays concerns all of them. */
export const accountStream = 'accounts-all';
