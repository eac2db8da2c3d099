import { defineEvent, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';

const keyId = z.string();
const at = z.iso.datetime();

export const apiKeyCreated = defineEvent({
  type: 'ApiKeyCreated',
  version: 1,
  schema: z.object({
    keyId,
    userId: z.int(),
    name: z.string(),
    scopes: z.array(z.string()),
    expiresAt: at.nullable(),
    at,
  }),
});
export const apiKeyRevoked = defineEvent({ type: 'ApiKeyRevoked', version: 1, schema: z.object({ keyId, at }) });

export const keyEvents = [apiKeyCreated, apiKeyRevoked] as const;
export type KeyEvent = EventOf<(typeof keyEvents)[number]>;

export const keyCategory = 'api_keys';
export const keyStream = 'api_keys-all';
