import type { TargetSettings } from '@streamvault/api-contract';
import { clip, clipBytes } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';

type AppriseSettings = Extract<TargetSettings, { kind: 'apprise' }>;

/** Apprise API, `POST /notify/<key>`. The whole address is a secret: anybody who knows the key can send. */
export function appriseRequest(
  notice: OutgoingNotice,
  { tag }: AppriseSettings,
  { url = '' }: Credentials,
): TargetRequest {
  const body = notice.link === null ? notice.text || notice.title : `${notice.text}\n${notice.link}`.trim();
  return {
    url,
    headers: jsonHeaders,
    body: JSON.stringify({
      title: clip(notice.title, 250),
      body: clipBytes(body, 2000),
      type: notice.severity,
      format: 'text',
      ...(tag !== null && { tag }),
    }),
  };
}
