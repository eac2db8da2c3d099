import { z } from 'zod';
import { instant, publicId, wholeList } from './primitives.js';

export const role = z.enum(['viewer', 'operator', 'administrator']).meta({
  id: 'Role',
  description: 'viewer: watches. operator: records, edits and bins, too. administrator: everything.',
});
export type Role = z.infer<typeof role>;

const noControl = /^[^\p{Cc}\p{Cf}]+$/u;
export const userName = z
  .string()
  .trim()
  .min(1)
  .max(64)
  .regex(noControl, 'Must not contain control characters.')
  .meta({ description: 'Unique, whatever its capitals.' });

/**
 * Any text. The accounts' rules decide which passwords are good enough, and report a problem without repeating the
 * password.
 */
export const password = z.string().max(1024).meta({ description: '8 to 256 bytes, and none of the commonest.' });

export const user = z
  .object({
    id: publicId,
    name: z.string(),
    role,
    disabled: z.boolean(),
    streamerIds: z
      .array(publicId)
      .nullable()
      .meta({ description: 'For a viewer: whose recordings are visible; null: all. Other roles see all.' }),
    hasPassword: z.boolean().meta({ description: 'false: signs in through an identity provider or a proxy only.' }),
    createdAt: instant,
    lastSeenAt: instant.nullable(),
  })
  .meta({ id: 'User' });
export type User = z.infer<typeof user>;
export const userList = wholeList(user).meta({ id: 'UserList' });
export type UserList = z.infer<typeof userList>;

export const createUserBody = z.strictObject({ name: userName, role, password });
export type CreateUserBody = z.infer<typeof createUserBody>;
export const changeUserBody = z
  .strictObject({
    name: userName.optional(),
    role: role.optional(),
    disabled: z.boolean().optional(),
    streamerIds: z.array(publicId).max(1000).nullable().optional(),
    password: password.optional(),
  })
  .refine((body) => Object.keys(body).length > 0, 'Say what to change.');
export type ChangeUserBody = z.infer<typeof changeUserBody>;

export const signInMethod = z.enum(['password', 'passkey', 'identity-provider', 'proxy', 'set-up']);
export const session = z
  .object({
    id: z.string(),
    isCurrent: z.boolean(),
    method: signInMethod,
    agent: z.string().meta({ description: 'Browser and system, as far as they say.' }),
    address: z.string().nullable().meta({ description: 'null: it was erased.' }),
    createdAt: instant,
    lastSeenAt: instant,
    expiresAt: instant,
  })
  .meta({ id: 'Session' });
export type Session = z.infer<typeof session>;
export const sessionList = wholeList(session).meta({ id: 'SessionList' });
export type SessionList = z.infer<typeof sessionList>;

/** From where a user signed in. Known for 30 days at most. */
export const signInAddress = z
  .object({
    at: instant,
    address: z.string(),
    agent: z.string().nullable().meta({ description: 'null: it was a passkey that was refused.' }),
  })
  .meta({ id: 'SignInAddress' });
export type SignInAddress = z.infer<typeof signInAddress>;
export const signInAddressList = wholeList(signInAddress).meta({ id: 'SignInAddressList' });
export type SignInAddressList = z.infer<typeof signInAddressList>;
export const erasedAddresses = z.object({ erased: z.int().min(0) }).meta({ id: 'ErasedAddresses' });
export type ErasedAddresses = z.infer<typeof erasedAddresses>;

/** `GET /api/session`: the caller and its permissions. */
export const whoAmI = z
  .object({
    user: user.nullable().meta({ description: 'null: a key, a link, or nobody who is signed in.' }),
    permissions: z.array(z.string()),
    expiresAt: instant.nullable(),
  })
  .meta({ id: 'WhoAmI' });
export type WhoAmI = z.infer<typeof whoAmI>;

/** `GET /api/session/ways` */
export const signInWays = z
  .object({
    identityProvider: z.object({ label: z.string() }).nullable(),
    passkey: z.object({
      canBeAdded: z.boolean().meta({ description: 'Whether browsers can have passkeys for this address.' }),
      isOffered: z.boolean().meta({ description: 'Whether somebody has one for this address.' }),
    }),
  })
  .meta({ id: 'SignInWays', description: 'Ways to sign in beside name and password.' });
export type SignInWays = z.infer<typeof signInWays>;

export const signInBody = z.strictObject({ name: z.string().max(256), password: z.string().max(1024) });
export type SignInBody = z.infer<typeof signInBody>;

export const changePasswordBody = z.strictObject({ current: z.string().max(1024), password });
export type ChangePasswordBody = z.infer<typeof changePasswordBody>;

/** `GET /api/setup` */
export const setup = z
  .object({
    required: z.boolean().meta({ description: 'There is no account yet.' }),
    codeNeeded: z.boolean().meta({ description: 'False for a request from the machine itself, without a proxy.' }),
  })
  .meta({ id: 'Setup' });
export type Setup = z.infer<typeof setup>;
export const setupBody = z.strictObject({ code: z.string().max(100).optional(), name: userName, password });
export type SetupBody = z.infer<typeof setupBody>;

/** An API key without its secret, which was shown once. */
export const apiKey = z
  .object({
    id: z.string().meta({ description: 'The part of the key that is not secret.' }),
    userId: publicId,
    name: z.string(),
    scopes: z.array(z.string()).meta({ description: 'Permissions. The key has those that its owner has too.' }),
    createdAt: instant,
    expiresAt: instant.nullable(),
    lastUsedAt: instant.nullable().meta({ description: 'To the hour.' }),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.infer<typeof apiKey>;
export const apiKeyList = wholeList(apiKey).meta({ id: 'ApiKeyList' });
export type ApiKeyList = z.infer<typeof apiKeyList>;

export const createApiKeyBody = z.strictObject({
  name: z.string().trim().min(1).max(100),
  scopes: z.array(z.string().max(100)).min(1).max(100),
  expiresAt: instant.nullable().optional(),
});
export type CreateApiKeyBody = z.infer<typeof createApiKeyBody>;

/** `POST /api/keys`: the only answer that contains the key. */
export const createdApiKey = apiKey.extend({ key: z.string() }).meta({ id: 'CreatedApiKey' });
export type CreatedApiKey = z.infer<typeof createdApiKey>;
