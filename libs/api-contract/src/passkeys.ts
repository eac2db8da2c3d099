import { z } from 'zod';
import { instant, wholeList } from './primitives.js';

/** A passkey (WebAuthn) without anything that proves it. */
export const passkey = z
  .object({
    id: z.string(),
    name: z.string(),
    site: z.string().meta({ description: 'The host name for which it was made. It works at that one only.' }),
    createdAt: instant,
    lastUsedAt: instant.nullable(),
  })
  .meta({ id: 'Passkey' });
export type Passkey = z.infer<typeof passkey>;
export const passkeyList = wholeList(passkey).meta({ id: 'PasskeyList' });
export type PasskeyList = z.infer<typeof passkeyList>;

const encoded = z
  .string()
  .max(32_000)
  .regex(/^[\w-]+$/, 'Must be base64url.');

/** What the browser needs (WebAuthn, section 5.4 and 5.5), as JSON. */
export const passkeyOptions = z.looseObject({ challenge: encoded }).meta({ id: 'PasskeyOptions' });
export type PasskeyOptions = z.infer<typeof passkeyOptions>;

export const preparePasskeyBody = z.strictObject({
  password: z
    .string()
    .max(1024)
    .optional()
    .meta({ description: 'The current one, where the account has one: a browser that was left open is not enough.' }),
});
export type PreparePasskeyBody = z.infer<typeof preparePasskeyBody>;

export const addPasskeyBody = z.strictObject({
  name: z.string().trim().min(1).max(64),
  response: z
    .object({
      id: encoded.max(2000),
      rawId: encoded.max(2000),
      type: z.literal('public-key'),
      response: z.object({
        clientDataJSON: encoded,
        attestationObject: encoded,
        transports: z.array(z.string().max(30)).max(10).optional(),
      }),
    })
    .meta({ description: 'RegistrationResponseJSON of the browser.' }),
});
export type AddPasskeyBody = z.infer<typeof addPasskeyBody>;

export const passkeySignInBody = z.strictObject({
  response: z
    .object({
      id: encoded.max(2000),
      rawId: encoded.max(2000),
      type: z.literal('public-key'),
      response: z.object({
        clientDataJSON: encoded,
        authenticatorData: encoded,
        signature: encoded,
        userHandle: encoded.max(200).optional(),
      }),
    })
    .meta({ description: 'AuthenticationResponseJSON of the browser.' }),
});
export type PasskeySignInBody = z.infer<typeof passkeySignInBody>;
