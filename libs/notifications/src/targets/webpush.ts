import { hash } from 'node:crypto';
import webPush from 'web-push';
import { z } from 'zod';
import { InvalidTarget } from '../domain/target-errors.js';
import { clip } from './clip.js';
import type { Credentials, OutgoingNotice, TargetRequest } from './outgoing.js';

export interface VapidDetails {
  /** The sender, `https:` or `mailto:`. */
  readonly subject: string;
  readonly publicKey: string;
  readonly privateKey: string;
}

/** Push services keep the message this long for a browser that is offline. */
const keptSeconds = 3600;
const bytesOf = (text: string): number => Buffer.from(text, 'base64url').length;

/** The result of a browser's `PushSubscription.toJSON()` (W3C Push API). */
const subscription = z.object({
  endpoint: z.url({ protocol: /^https$/ }).max(2000),
  keys: z.object({
    // An uncompressed point of P-256, and 16 bytes (RFC 8291 section 2).
    p256dh: z.string().refine((key) => bytesOf(key) === 65),
    auth: z.string().refine((key) => bytesOf(key) === 16),
  }),
});
export type PushSubscription = z.infer<typeof subscription>;

/** @throws InvalidTarget, never with the value */
export function readSubscription(text: string): PushSubscription {
  const read = subscription.safeParse(parse(text));
  if (!read.success)
    throw new InvalidTarget('That is no push subscription: it has an https endpoint, and the keys p256dh and auth.');
  return read.data;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Reported like any other text that is not a subscription.
    return undefined;
  }
}

/** @throws InvalidTarget: browsers subscribe, and show notices, only on pages that they trust */
export function requireHttps(publicUrl: string | undefined): string {
  if (publicUrl?.startsWith('https://')) return publicUrl;
  throw new InvalidTarget(
    'Web push needs StreamVault to be reached by https. Set PUBLIC_URL to that address, and open the console there.',
  );
}

/** Encrypted for the browser (RFC 8291) and signed (RFC 8292). The same notice, sent again, replaces the first. */
export function webPushRequest(
  notice: OutgoingNotice,
  { subscription: text = '' }: Credentials,
  vapidDetails: VapidDetails | undefined,
): TargetRequest {
  const { endpoint, keys } = JSON.parse(text) as PushSubscription;
  const { id, kind, severity, title, text: body, link, at } = notice;
  // 4,096 bytes in all, and each character may take three of them.
  const payload = JSON.stringify({ id, kind, severity, title: clip(title, 200), body: clip(body, 600), link, at });
  const details = webPush.generateRequestDetails({ endpoint, keys }, payload, {
    TTL: keptSeconds,
    urgency: severity === 'failure' ? 'high' : 'normal',
    topic: hash('sha256', id, 'base64url').slice(0, 32),
    ...(vapidDetails && { vapidDetails: { ...vapidDetails } }),
  });
  const headers = Object.entries(details.headers).filter(([name]) => name.toLowerCase() !== 'content-length');
  return {
    url: endpoint,
    headers: Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value])),
    body: details.body ?? Buffer.alloc(0),
  };
}
