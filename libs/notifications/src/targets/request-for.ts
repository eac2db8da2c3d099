import type { TargetSettings } from '@streamvault/api-contract';
import { appriseRequest } from './apprise.js';
import { discordRequest } from './discord.js';
import { gotifyRequest } from './gotify.js';
import { ntfyRequest } from './ntfy.js';
import type { Credentials, OutgoingNotice, TargetRequest } from './outgoing.js';
import { telegramRequest } from './telegram.js';
import { webhookRequest } from './webhook.js';
import { type VapidDetails, webPushRequest } from './webpush.js';

export type HttpSettings = Exclude<TargetSettings, { kind: 'email' }>;

/**
 * The request that sends a notice to a target. Every receiver gets the notice's id as `Idempotency-Key`: delivery is at
 * least once.
 * @param at when this attempt is made, ISO 8601 UTC
 * @param vapid what web push is signed with; the other kinds need none
 */
export function requestFor(
  notice: OutgoingNotice,
  settings: HttpSettings,
  credentials: Credentials,
  at: string,
  vapid?: VapidDetails,
): TargetRequest {
  const request = ofKind(notice, settings, credentials, at, vapid);
  return { ...request, headers: { ...request.headers, 'idempotency-key': notice.id, 'user-agent': 'StreamVault' } };
}

function ofKind(
  notice: OutgoingNotice,
  settings: HttpSettings,
  credentials: Credentials,
  at: string,
  vapid: VapidDetails | undefined,
): TargetRequest {
  switch (settings.kind) {
    case 'webhook':
      return webhookRequest(notice, settings, credentials, at);
    case 'discord':
      return discordRequest(notice, credentials);
    case 'ntfy':
      return ntfyRequest(notice, settings, credentials);
    case 'telegram':
      return telegramRequest(notice, settings, credentials);
    case 'gotify':
      return gotifyRequest(notice, settings, credentials);
    case 'apprise':
      return appriseRequest(notice, settings, credentials);
    case 'webpush':
      return webPushRequest(notice, credentials, vapid);
    default:
      return settings satisfies never;
  }
}
