import type { TargetSettings } from '@streamvault/api-contract';
import { clip } from './clip.js';
import type { OutgoingNotice } from './outgoing.js';

type MailSettings = Extract<TargetSettings, { kind: 'email' }>;

export interface Mail {
  readonly from: string;
  readonly to: string[];
  readonly subject: string;
  readonly text: string;
  readonly messageId: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** A plain-text mail. Its Message-ID follows from the notice, so that mail programs recognize a second copy. */
export function mailOf(notice: OutgoingNotice, { from, to }: MailSettings): Mail {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from,
    to: [...to],
    subject: clip(notice.title, 200),
    text: [notice.text, notice.link ?? ''].filter((part) => part !== '').join('\n\n') || notice.title,
    messageId: `<${notice.id}@${domain}>`,
    headers: { 'Auto-Submitted': 'auto-generated' },
  };
}
