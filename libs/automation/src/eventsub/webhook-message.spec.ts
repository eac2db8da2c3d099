import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { readWebhookMessage } from './webhook-message.js';

const secret = 'a-secret-of-ours';
const now = Date.parse('2026-11-30T18:00:00Z');
const subscription = { id: 's1', status: 'enabled', type: 'stream.online' };

function message(
  kind: string,
  body: object | string,
  { sentAt = '2026-11-30T17:59:59.123456789Z', key = secret } = {},
) {
  const raw = Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const signature = createHmac('sha256', key).update(`m1${sentAt}`).update(raw).digest('hex');
  const headers: Record<string, string> = {
    'twitch-eventsub-message-id': 'm1',
    'twitch-eventsub-message-timestamp': sentAt,
    'twitch-eventsub-message-signature': `sha256=${signature}`,
    'twitch-eventsub-message-type': kind,
  };
  return { headers, raw };
}
const read = ({ headers, raw }: ReturnType<typeof message>) => readWebhookMessage(headers, raw, secret, now);

describe('a message to the webhook', () => {
  it('signed by Twitch is accepted', () => {
    expect(read(message('notification', { subscription, event: { id: '9' } }))).toEqual({
      kind: 'notification',
      messageId: 'm1',
      sentAt: '2026-11-30T17:59:59.123456789Z',
      type: 'stream.online',
      subscriptionId: 's1',
      event: { id: '9' },
    });
    expect(read(message('webhook_callback_verification', { subscription, challenge: 'abc' }))).toEqual({
      kind: 'challenge',
      challenge: 'abc',
      subscriptionId: 's1',
    });
    expect(read(message('revocation', { subscription: { ...subscription, status: 'user_removed' } }))).toMatchObject({
      kind: 'revocation',
      status: 'user_removed',
    });
  });

  it.each<[string, (made: ReturnType<typeof message>) => void]>([
    ['with another secret', (made) => Object.assign(made, message('notification', { subscription }, { key: 'other' }))],
    ['with another body', (made) => (made.raw = Buffer.concat([made.raw, Buffer.from(' ')]))],
    ['with another id', ({ headers }) => (headers['twitch-eventsub-message-id'] = 'm2')],
    ['with another time', ({ headers }) => (headers['twitch-eventsub-message-timestamp'] = '2026-11-30T17:59:58Z')],
    ['without a signature', ({ headers }) => delete headers['twitch-eventsub-message-signature']],
    ['with half a signature', ({ headers }) => (headers['twitch-eventsub-message-signature'] = 'sha256=abcd')],
    ['with a signature by something else', ({ headers }) => (headers['twitch-eventsub-message-signature'] = 'sha1=aa')],
  ])('%s is forged', (_, change) => {
    const made = message('notification', { subscription });
    change(made);
    expect(read(made)).toEqual({ kind: 'forged' });
  });

  it.each(['2026-11-30T17:49:00Z', '2026-11-30T18:11:00Z', 'yesterday'])('of %s is stale', (sentAt) => {
    expect(read(message('notification', { subscription }, { sentAt }))).toEqual({ kind: 'stale' });
  });

  it.each<[string, string, object | string]>([
    ['no JSON', 'notification', 'hello'],
    ['no subscription', 'notification', {}],
    ['a kind that nobody knows', 'something_new', { subscription }],
    ['a challenge without one', 'webhook_callback_verification', { subscription }],
  ])('with %s cannot be read', (_, kind, body) => {
    expect(read(message(kind, body))).toEqual({ kind: 'unreadable' });
  });
});
