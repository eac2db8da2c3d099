import type { TargetSettings } from '@streamvault/api-contract';
import { clip } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';
import { below } from './below.js';

type TelegramSettings = Extract<TargetSettings, { kind: 'telegram' }>;

/** `sendMessage` of the Bot API. The 4,096 characters are counted without the markup. */
export function telegramRequest(
  notice: OutgoingNotice,
  { server, chat, thread }: TelegramSettings,
  { token = '' }: Credentials,
): TargetRequest {
  const text = clip(notice.text, 3500);
  const parts = [
    `<b>${escaped(clip(notice.title, 300))}</b>`,
    ...(text === '' ? [] : [escaped(text)]),
    ...(notice.link === null ? [] : [`<a href="${escaped(notice.link)}">StreamVault</a>`]),
  ];
  return {
    url: below(server, `bot${token}/sendMessage`),
    headers: jsonHeaders,
    body: JSON.stringify({
      chat_id: chat,
      text: parts.join('\n'),
      parse_mode: 'HTML',
      link_preview_options: { is_disabled: true },
      disable_notification: notice.severity === 'info',
      ...(thread !== null && { message_thread_id: thread }),
    }),
  };
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (text: string): string => text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
