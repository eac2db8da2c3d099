import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { AddTargetBody } from '@streamvault/api-contract';
import { House } from './outbox-house.testing.js';
import { Receiver } from './receiver.testing.js';

let house: House;
let receiver: Receiver;

beforeEach(async () => {
  house = await House.open();
  receiver = await Receiver.start();
});
afterEach(async () => {
  await receiver.stop();
  await house.close();
});

interface Kind {
  readonly target: (origin: string) => Pick<AddTargetBody, 'settings' | 'credentials'>;
  readonly path: string;
  readonly headers: object;
  readonly body: object;
}

const kinds: Record<string, Kind> = {
  webhook: {
    target: (origin) => ({
      settings: { kind: 'webhook', format: 'cloudevents' },
      credentials: { url: `${origin}/in` },
    }),
    path: '/in',
    headers: { 'content-type': expect.stringContaining('cloudevents') },
    body: { type: 'recording.completed' },
  },
  discord: {
    target: (origin) => ({ settings: { kind: 'discord' }, credentials: { url: `${origin}/api/webhooks/1/t0k3n` } }),
    path: '/api/webhooks/1/t0k3n?wait=true',
    headers: {},
    body: { embeds: [expect.objectContaining({ title: 'One' })], allowed_mentions: { parse: [] } },
  },
  ntfy: {
    target: (server) => ({ settings: { kind: 'ntfy', server, topic: 'vault' }, credentials: { token: 'tk_1' } }),
    path: '/',
    headers: { authorization: 'Bearer tk_1' },
    body: { topic: 'vault', title: 'One', priority: 3 },
  },
  telegram: {
    target: (server) => ({
      settings: { kind: 'telegram', server, chat: '-1007', thread: null },
      credentials: { token: '123:abc' },
    }),
    path: '/bot123:abc/sendMessage',
    headers: {},
    body: { chat_id: '-1007', text: '<b>One</b>', parse_mode: 'HTML' },
  },
  gotify: {
    target: (server) => ({ settings: { kind: 'gotify', server }, credentials: { token: 'A1' } }),
    path: '/message',
    headers: { 'x-gotify-key': 'A1' },
    body: { title: 'One', message: 'One', priority: 4 },
  },
  apprise: {
    target: (origin) => ({ settings: { kind: 'apprise', tag: 'home' }, credentials: { url: `${origin}/notify/key` } }),
    path: '/notify/key',
    headers: {},
    body: { title: 'One', body: 'One', type: 'success', tag: 'home' },
  },
};

it.each(Object.entries(kinds))(
  'a %s gets a notice, again after it asked for patience, and each once',
  async (_, { target, path, headers, body }) => {
    const id = await house.add('', target(receiver.origin));
    const worker = house.worker('one');
    receiver.replies.push({ status: 429, headers: { 'retry-after': '30' }, text: 'slow down' });
    await house.queue('One', id);
    await house.look(worker);
    expect(await house.states()).toEqual({ One: 'retry' });
    house.now += 31_000;
    await house.look(worker);
    await house.look(worker);
    expect(await house.states()).toEqual({ One: 'delivered' });
    expect(receiver.got.map((each) => each.path)).toEqual([path, path]);
    const [, second] = receiver.got;
    expect(second?.headers).toMatchObject({ 'idempotency-key': 'One', 'user-agent': 'StreamVault', ...headers });
    expect(JSON.parse(second?.body ?? '')).toMatchObject(body);
  },
);

it('apprise that reached only some is neither repeated nor taken for success', async () => {
  const id = await house.add('', kinds['apprise']!.target(receiver.origin));
  receiver.replies.push({ status: 424, text: 'one failed' });
  await house.queue('One', id);
  await house.look(house.worker('one'));
  house.now += 3_600_000;
  await house.look(house.worker('one'));
  expect(await house.states()).toEqual({ One: 'partial' });
  expect(receiver.got).toHaveLength(1);
});
