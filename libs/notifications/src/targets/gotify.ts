import type { TargetSettings } from '@streamvault/api-contract';
import { below } from './below.js';
import { clip } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';

type GotifySettings = Extract<TargetSettings, { kind: 'gotify' }>;

const priorities = { info: 4, success: 4, warning: 6, failure: 8 } as const;

export function gotifyRequest(
  notice: OutgoingNotice,
  { server }: GotifySettings,
  { token = '' }: Credentials,
): TargetRequest {
  return {
    url: below(server, 'message'),
    headers: { ...jsonHeaders, 'x-gotify-key': token },
    body: JSON.stringify({
      title: clip(notice.title, 250),
      // Gotify refuses an empty message.
      message: clip(notice.text || notice.title, 4000),
      priority: priorities[notice.severity],
      ...(notice.link !== null && { extras: { 'client::notification': { click: { url: notice.link } } } }),
    }),
  };
}
