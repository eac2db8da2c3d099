import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';

/*
 * A message from Twitch to the webhook (dev.twitch.tv/docs/eventsub/handling-webhook-events): the sender is verified
 * before its content is trusted.
 */

export type HeaderValue = string | readonly string[] | undefined;
export type WebhookHeaders = Readonly<Record<string, HeaderValue>>;

export type WebhookMessage =
  | { readonly kind: 'forged' }
  | { readonly kind: 'stale' }
  | { readonly kind: 'unreadable' }
  | { readonly kind: 'challenge'; readonly challenge: string; readonly subscriptionId: string }
  | {
      readonly kind: 'notification';
      readonly messageId: string;
      readonly sentAt: string;
      readonly type: string;
      readonly subscriptionId: string;
      readonly event: unknown;
    }
  | { readonly kind: 'revocation'; readonly subscriptionId: string; readonly status: string; readonly type: string };

const windowMilliseconds = 600_000;
const subscription = z.object({ id: z.string(), status: z.string().catch(''), type: z.string() });
const body = z.object({ subscription, challenge: z.string().max(2000).optional(), event: z.unknown().optional() });

export function readWebhookMessage(headers: WebhookHeaders, raw: Buffer, secret: string, now: number): WebhookMessage {
  const messageId = headerOf(headers, 'twitch-eventsub-message-id');
  const sentAt = headerOf(headers, 'twitch-eventsub-message-timestamp');
  const signature = headerOf(headers, 'twitch-eventsub-message-signature');
  if (!isSigned({ messageId, sentAt, signature, raw, secret })) return { kind: 'forged' };
  const sent = Date.parse(sentAt);
  // A message from the future is as bad as an old one.
  if (Number.isNaN(sent) || Math.abs(now - sent) > windowMilliseconds) return { kind: 'stale' };
  const parsed = parse(raw);
  if (!parsed) return { kind: 'unreadable' };
  const { subscription: about, challenge, event } = parsed;
  switch (headerOf(headers, 'twitch-eventsub-message-type')) {
    case 'webhook_callback_verification':
      return challenge === undefined
        ? { kind: 'unreadable' }
        : { kind: 'challenge', challenge, subscriptionId: about.id };
    case 'notification':
      return { kind: 'notification', messageId, sentAt, type: about.type, subscriptionId: about.id, event };
    case 'revocation':
      return { kind: 'revocation', subscriptionId: about.id, status: about.status, type: about.type };
    default:
      return { kind: 'unreadable' };
  }
}

/** In constant time, over the bytes as they came. */
function isSigned({ messageId, sentAt, signature, raw, secret }: Signed): boolean {
  const expected = createHmac('sha256', secret).update(messageId).update(sentAt).update(raw).digest();
  const given = Buffer.from(/^sha256=([0-9a-f]{64})$/.exec(signature)?.[1] ?? '', 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected) && messageId !== '';
}

interface Signed {
  readonly messageId: string;
  readonly sentAt: string;
  readonly signature: string;
  readonly raw: Buffer;
  readonly secret: string;
}

const headerOf = (headers: WebhookHeaders, name: string): string => {
  const value = headers[name];
  return typeof value === 'string' ? value : '';
};

function parse(raw: Buffer): z.infer<typeof body> | undefined {
  try {
    return body.safeParse(JSON.parse(raw.toString('utf8'))).data;
  } catch {
    // Signed by Twitch, but not JSON.
    return undefined;
  }
}
