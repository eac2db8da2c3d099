import { clip } from './clip.js';
import { type Credentials, jsonHeaders, type OutgoingNotice, type TargetRequest } from './outgoing.js';

const colours = { info: 0x58_65_f2, success: 0x2e_7d_32, warning: 0xf9_a8_25, failure: 0xc6_28_28 } as const;

/** Executes a Discord webhook and waits until the message is stored: without waiting, a lost message gives no error. */
export function discordRequest(notice: OutgoingNotice, { url = '' }: Credentials): TargetRequest {
  const address = new URL(url);
  address.searchParams.set('wait', 'true');
  const embed = {
    // Discord's limits, and the rest of the 6,000 that it allows in all.
    title: clip(notice.title, 256),
    description: clip(notice.text, 4096),
    color: colours[notice.severity],
    timestamp: notice.at,
    ...(notice.link !== null && { url: notice.link }),
  };
  // Titles are written by strangers: they must not be able to mention anybody.
  return {
    url: address.href,
    headers: jsonHeaders,
    body: JSON.stringify({ embeds: [embed], allowed_mentions: { parse: [] } }),
  };
}
