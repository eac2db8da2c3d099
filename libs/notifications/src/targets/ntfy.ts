import type { TargetSettings } from '@streamvault/api-contract';
import { clip, clipBytes } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';

type NtfySettings = Extract<TargetSettings, { kind: 'ntfy' }>;

const priorities = { info: 3, success: 3, warning: 4, failure: 5 } as const;
const tags = { info: 'information_source', success: 'white_check_mark', warning: 'warning', failure: 'rotating_light' };

/** Publishes as JSON: headers could not hold titles beyond ASCII. More than 4,096 bytes would become a file. */
export function ntfyRequest(
  notice: OutgoingNotice,
  { server, topic }: NtfySettings,
  { token }: Credentials,
): TargetRequest {
  return {
    url: server,
    headers: { ...jsonHeaders, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    body: JSON.stringify({
      topic,
      title: clip(notice.title, 250),
      // ntfy shows an empty message as "triggered".
      message: clipBytes(notice.text || notice.title, 4096),
      priority: priorities[notice.severity],
      tags: [tags[notice.severity]],
      ...(notice.link !== null && { click: notice.link }),
    }),
  };
}
