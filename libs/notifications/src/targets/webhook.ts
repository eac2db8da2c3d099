import type { TargetSettings } from '@streamvault/api-contract';
import { createHmac } from 'node:crypto';
import { InvalidTarget } from '../domain/target-errors.js';
import { clip } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';

type WebhookSettings = Extract<TargetSettings, { kind: 'webhook' }>;

const source = 'streamvault';

/**
 * A notice as Standard Webhooks (https://www.standardwebhooks.com) or as a CloudEvent 1.0 in structured mode. Both
 * carry the headers and, with a secret, the signature of Standard Webhooks.
 * @param at when this attempt is made, ISO 8601 UTC: part of the signed text
 */
export function webhookRequest(
  notice: OutgoingNotice,
  { format }: WebhookSettings,
  { url = '', secret }: Credentials,
  at: string,
): TargetRequest {
  const { id } = notice;
  const type = notice.isTest ? 'test' : notice.kind;
  const data = {
    severity: notice.severity,
    title: clip(notice.title, 500),
    text: clip(notice.text, 4000),
    streamerId: notice.streamerId,
    recordingId: notice.recordingId,
    videoId: notice.videoId,
    link: notice.link,
  };
  const isCloudEvent = format === 'cloudevents';
  const body = JSON.stringify(
    isCloudEvent
      ? { specversion: '1.0', id, source, type, time: notice.at, datacontenttype: 'application/json', data }
      : { type, timestamp: notice.at, data },
  );
  const timestamp = String(Math.floor(Date.parse(at) / 1000));
  return {
    url,
    headers: {
      'content-type': isCloudEvent ? 'application/cloudevents+json' : jsonHeaders['content-type'],
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      ...(secret !== undefined && { 'webhook-signature': signature(secret, `${id}.${timestamp}.${body}`) }),
    },
    body,
  };
}

function signature(secret: string, content: string): string {
  return `v1,${createHmac('sha256', signingKey(secret)).update(content).digest('base64')}`;
}

/**
 * The bytes behind `whsec_<base64>`, 24 to 64 of them.
 *
 * @throws InvalidTarget
 */
export function signingKey(secret: string): Buffer {
  const [, encoded] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(secret) ?? [];
  const key = Buffer.from(encoded ?? '', 'base64');
  if (key.length < 24 || key.length > 64)
    throw new InvalidTarget('The secret of a webhook is `whsec_` and 24 to 64 bytes as base64.');
  return key;
}
