import { describe, expect, it } from '@jest/globals';
import { createHmac } from 'node:crypto';
import { mailOf } from './mail.js';
import type { Credentials, OutgoingNotice } from './outgoing.js';
import { type HttpSettings, requestFor } from './request-for.js';

const at = '2026-11-30T12:00:00.000Z';
const notice: OutgoingNotice = {
  id: 'a1b2',
  isTest: false,
  kind: 'recording.failed',
  severity: 'failure',
  title: 'The recording of <Ada> & "Bob" failed',
  text: 'Evening show\nThe source is gone.',
  at: '2026-11-30T11:59:58.000Z',
  streamerId: 3,
  streamerName: 'Ada',
  show: 'Evening show',
  recordingId: 7,
  videoId: null,
  link: 'https://vault.example/recordings/7',
};
const bare: OutgoingNotice = { ...notice, text: '', link: null, severity: 'info' };
const key = Buffer.alloc(32, 7);
const secret = `whsec_${key.toString('base64')}`;

const of = (settings: HttpSettings, credentials: Credentials, what = notice) => {
  const { body, ...request } = requestFor(what, settings, credentials, at);
  return { ...request, body: JSON.parse(String(body)) as unknown, raw: String(body) };
};
const webhook = { kind: 'webhook', format: 'standard' } as const;
const url = 'https://hooks.example/in?k=1';

describe('a webhook', () => {
  it('is signed as Standard Webhooks require, over the body that is sent', () => {
    const { headers, body, raw, url: to } = of(webhook, { url, secret });
    expect(to).toBe(url);
    expect(body).toEqual({
      type: 'recording.failed',
      timestamp: notice.at,
      data: {
        severity: 'failure',
        title: notice.title,
        text: notice.text,
        streamerId: 3,
        recordingId: 7,
        videoId: null,
        link: notice.link,
      },
    });
    const signed = createHmac('sha256', key).update(`a1b2.1796040000.${raw}`).digest('base64');
    expect(headers).toMatchObject({
      'webhook-id': 'a1b2',
      'webhook-timestamp': '1796040000',
      'webhook-signature': `v1,${signed}`,
      'idempotency-key': 'a1b2',
    });
  });

  it('can be a CloudEvent in structured mode', () => {
    const { headers, body } = of({ ...webhook, format: 'cloudevents' }, { url, secret });
    expect(headers['content-type']).toBe('application/cloudevents+json');
    expect(body).toMatchObject({
      specversion: '1.0',
      id: 'a1b2',
      source: 'streamvault',
      type: 'recording.failed',
      time: notice.at,
    });
  });

  it('is not signed without a secret, and is marked when it is a test', () => {
    const { headers, body } = of(webhook, { url }, { ...notice, isTest: true });
    expect(headers).not.toHaveProperty('webhook-signature');
    expect(body).toMatchObject({ type: 'test' });
  });

  it.each(['secret', 'whsec_', 'whsec_c2hvcnQ=', `whsec_${Buffer.alloc(65).toString('base64')}`])(
    'has no secret such as %s',
    (wrong) => {
      expect(() => of(webhook, { url, secret: wrong })).toThrow(/whsec_/);
    },
  );
});

const ntfy = { kind: 'ntfy', server: 'https://ntfy.example', topic: 'vault' } as const;
const telegram = { kind: 'telegram', server: 'https://api.telegram.org/', chat: '-100', thread: 4 } as const;

it.each<[string, HttpSettings, Credentials, OutgoingNotice, object]>([
  [
    'Discord, where no title can call anybody',
    { kind: 'discord' },
    { url: 'https://discord.com/api/webhooks/1/t?thread_id=5' },
    notice,
    {
      url: 'https://discord.com/api/webhooks/1/t?thread_id=5&wait=true',
      body: {
        allowed_mentions: { parse: [] },
        embeds: [{ title: notice.title, description: notice.text, url: notice.link }],
      },
    },
  ],
  [
    'ntfy with a token',
    ntfy,
    { token: 'tk_1' },
    notice,
    {
      url: 'https://ntfy.example',
      headers: { authorization: 'Bearer tk_1' },
      body: { topic: 'vault', title: notice.title, message: notice.text, priority: 5, click: notice.link },
    },
  ],
  ['ntfy with nothing but a title', ntfy, {}, bare, { body: { message: bare.title, priority: 3 } }],
  [
    'Telegram, escaped',
    telegram,
    { token: '1:t' },
    notice,
    {
      url: 'https://api.telegram.org/bot1:t/sendMessage',
      body: {
        chat_id: '-100',
        message_thread_id: 4,
        parse_mode: 'HTML',
        disable_notification: false,
        text: `<b>The recording of &lt;Ada&gt; &amp; &quot;Bob&quot; failed</b>\n${notice.text}\n<a href="${notice.link}">StreamVault</a>`,
      },
    },
  ],
  [
    'Gotify below a path',
    { kind: 'gotify', server: 'https://home.example/gotify/' },
    { token: 'A.b' },
    notice,
    {
      url: 'https://home.example/gotify/message',
      headers: { 'x-gotify-key': 'A.b' },
      body: { priority: 8, message: notice.text, extras: { 'client::notification': { click: { url: notice.link } } } },
    },
  ],
  [
    'Apprise',
    { kind: 'apprise', tag: 'home' },
    { url: 'http://apprise.lan:8000/notify/k' },
    notice,
    {
      url: 'http://apprise.lan:8000/notify/k',
      body: { type: 'failure', tag: 'home', format: 'text', body: `${notice.text}\n${notice.link}` },
    },
  ],
])('notifies %s', (_, settings, credentials, what, expected) => {
  const request = of(settings, credentials, what);
  expect(request).toMatchObject(expected);
  expect(request.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': 'a1b2' });
});

describe('what is too long', () => {
  const long = { ...notice, title: '😀'.repeat(3000), text: '😀'.repeat(6000) };

  it.each<[string, HttpSettings, Credentials]>([
    ['webhook', webhook, { url }],
    ['discord', { kind: 'discord' }, { url: 'https://discord.com/api/webhooks/1/t' }],
    ['ntfy', ntfy, {}],
    ['telegram', telegram, { token: '1:t' }],
    ['gotify', { kind: 'gotify', server: 'https://g.example' }, { token: 't' }],
    ['apprise', { kind: 'apprise', tag: null }, { url }],
  ])('is cut between characters for %s', (_, settings, credentials) => {
    const { raw } = of(settings, credentials, long);
    expect(raw).not.toMatch(/\\ud[89a-f]/i);
    expect(Buffer.byteLength(raw)).toBeLessThan(20_000);
  });

  it('stays within the limits of Discord and ntfy', () => {
    const discord = of({ kind: 'discord' }, { url: 'https://discord.com/api/webhooks/1/t' }, long).body as {
      embeds: [{ title: string; description: string }];
    };
    const [{ title, description }] = discord.embeds;
    expect([title.length <= 256, description.length <= 4096, title.length + description.length <= 6000]).toEqual([
      true,
      true,
      true,
    ]);
    const { message } = of(ntfy, {}, long).body as { message: string };
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096);
  });
});

it('writes a mail whose Message-ID follows from the notice', () => {
  const settings = {
    kind: 'email',
    host: 'mail.example',
    port: 25,
    security: 'none',
    user: null,
    from: 'vault@example.org',
    to: ['ada@example.org'],
  } as const;
  expect(mailOf(notice, { ...settings, to: [...settings.to] })).toEqual({
    from: 'vault@example.org',
    to: ['ada@example.org'],
    subject: notice.title,
    text: `${notice.text}\n\n${notice.link}`,
    messageId: '<a1b2@example.org>',
    headers: { 'Auto-Submitted': 'auto-generated' },
  });
});
