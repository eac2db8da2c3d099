import type { TargetSettings } from '@streamvault/api-contract';

/** The outcome of an attempt. */
export type Verdict =
  | { readonly kind: 'delivered' }
  /** May be tried again, not before this many seconds if the receiver gave a time. */
  | { readonly kind: 'retry'; readonly code: string; readonly message: string; readonly afterSeconds: number | null }
  /** Will never be accepted. `gone`: nor will any other notice; the target is to be switched off. */
  | { readonly kind: 'refused' | 'partial' | 'gone'; readonly code: string; readonly message: string };

export interface ReceiverAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** @param now milliseconds since the epoch, for a `Retry-After` that is a date */
export function verdictOf(kind: TargetSettings['kind'], answer: ReceiverAnswer, now: number): Verdict {
  const { status } = answer;
  const own = ownVerdict(kind, answer);
  if (own) return own;
  if (status >= 200 && status < 300) return { kind: 'delivered' };
  if (status === 410) return gone('The receiver says that this address is gone for good.');
  if (status === 408 || status === 425 || status === 429 || status >= 500)
    return {
      kind: 'retry',
      code: status === 429 ? 'notification.too-many' : 'notification.receiver-failed',
      message: `The receiver answered ${status}.`,
      afterSeconds: retryAfter(kind, answer, now),
    };
  if (status >= 300 && status < 400)
    return refused(`The receiver answered ${status} with another address. Enter that one: redirects are not followed.`);
  if (status === 401 || status === 403)
    return refused(`The receiver answered ${status}: it does not accept the credentials. Enter them again.`);
  return refused(`The receiver answered ${status}: it does not take this message.`);
}

/** Statuses that mean something special to some receivers only. */
function ownVerdict(kind: TargetSettings['kind'], { status, text }: ReceiverAnswer): Verdict | undefined {
  switch (kind) {
    case 'discord':
      return status === 404 ? gone('Discord has no such webhook: it was deleted there.') : undefined;
    case 'telegram':
      if (status === 403) return gone('The bot was blocked, or removed from the chat.');
      return status === 400 && /chat not found/i.test(text)
        ? refused('Telegram knows no such chat. Write to the bot first, or add it to the group.')
        : undefined;
    case 'webpush':
      return status === 404 ? gone('The browser has ended its subscription. Subscribe again there.') : undefined;
    case 'apprise':
      if (status === 424)
        return {
          kind: 'partial',
          code: 'notification.partly-delivered',
          message: 'Apprise could not reach all of its targets. It is not retried: the others would get it twice.',
        };
      return status === 204 ? refused('Apprise has no configuration under this key, and told nobody.') : undefined;
    default:
      return undefined;
  }
}

const gone = (message: string): Verdict => ({ kind: 'gone', code: 'notification.receiver-gone', message });
const refused = (message: string): Verdict => ({ kind: 'refused', code: 'notification.refused', message });

/** Seconds; from the header (RFC 9110 section 10.2.3), or from the body, where Discord and Telegram put them. */
function retryAfter(
  kind: TargetSettings['kind'],
  { status, headers, text }: ReceiverAnswer,
  now: number,
): number | null {
  const header = [headers['retry-after']].flat()[0]?.trim();
  if (header !== undefined && /^\d+(\.\d+)?$/.test(header)) return Number(header);
  const date = header === undefined ? Number.NaN : Date.parse(header);
  if (!Number.isNaN(date)) return Math.max(0, (date - now) / 1000);
  const told = /"retry_after"\s*:\s*(\d+(?:\.\d+)?)/.exec(text)?.[1];
  if (told !== undefined && (kind === 'discord' || kind === 'telegram')) return Number(told);
  // ntfy gives no time; its bucket gains one message in five seconds.
  return kind === 'ntfy' && status === 429 ? 5 : null;
}
