import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AccessGate } from '@streamvault/access';
import { LiveFeed } from '@streamvault/kernel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Writable } from 'node:stream';
import { ask, host, openAccess, own, setUp, signedInAs } from './access-server.testing.js';
import { LiveController, SESSION_CHECK_MILLISECONDS } from '@streamvault/audit';

/** Tells nothing, until who listens goes. */
const quietFeed: Pick<LiveFeed, 'admit' | 'full' | 'send'> = {
  admit: () => undefined,
  full: () => undefined,
  send: async (out: Writable, _after, gone) => {
    out.write('event: caughtUp\ndata: {}\n\n');
    await new Promise<void>((resolve) => gone.addEventListener('abort', () => resolve(), { once: true }));
    out.end();
  },
};

let app: NestFastifyApplication;
let folder: string;
let address: string;
let administrator: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-sessions-'));
  ({ app } = await openAccess(folder, {
    controllers: [LiveController],
    providers: [
      { provide: LiveFeed, useValue: quietFeed },
      { provide: SESSION_CHECK_MILLISECONDS, useValue: 10 },
    ],
  }));
  await app.listen(0, '127.0.0.1');
  address = await app.getUrl();
  administrator = await setUp(app, folder);
});
afterAll(async () => {
  await app.close();
  await rm(folder, { recursive: true, force: true });
});

async function follow(headers: Record<string, string>) {
  const answer = await fetch(`${address}/api/live`, { headers });
  expect(answer.status).toBe(200);
  const reader = answer.body!.getReader();
  await reader.read();
  /** Settles when the server ends it. */
  const ended = async () => {
    while (!(await reader.read()).done);
    return true;
  };
  return { ended };
}

async function mediaVerdict(headers: Record<string, string>): Promise<string> {
  const request = {
    method: 'GET',
    url: '/api/videos/1/stream',
    raw: {},
    host,
    protocol: 'http',
    headers: { host, range: 'bytes=1000-', ...headers },
    params: { id: '1' },
    query: {},
    routeOptions: { url: '/api/videos/:id/stream' },
  };
  const gate = app.get(AccessGate);
  return gate.check(request as never, { permission: 'videos.watch', shared: 'video' }).then(
    () => 'let through',
    (error: { kind: string }) => error.kind,
  );
}

describe('many feeds of one account', () => {
  it('beyond the limit are refused before the gate is asked, with a connection that ends', async () => {
    const cookie = await signedInAs(app, administrator, 'operator');
    const feeds = await Promise.all(Array.from({ length: 24 }, () => follow({ cookie })));
    const gate = app.get(AccessGate);
    const { check } = gate;
    let checks = 0;
    gate.check = (...given) => {
      checks += 1;
      return check.apply(gate, given);
    };
    try {
      for (const position of ['0', '7']) {
        const refused = await fetch(`${address}/api/live`, { headers: { cookie, 'last-event-id': position } });
        expect([refused.status, refused.headers.get('connection'), refused.headers.get('retry-after')]).toEqual([
          429,
          'close',
          '30',
        ]);
        expect(refused.headers.get('x-frame-options')).toBe('DENY');
        expect(await refused.json()).toMatchObject({ code: 'live.too-many', instance: '/api/live' });
      }
      expect(checks).toBe(0);
    } finally {
      gate.check = check;
    }
    // Another account has places of its own.
    await follow({ cookie: administrator });
    await ask(app, 'DELETE', '/api/users/2/sessions', own(administrator));
    expect(await Promise.all(feeds.map((feed) => feed.ended()))).not.toContain(false);
  });
});

describe('a session that is revoked', () => {
  it('ends its running feed, and its next range request is refused', async () => {
    const cookie = await signedInAs(app, administrator, 'viewer');
    const feed = await follow({ cookie });
    const other = await follow({ cookie: administrator });
    expect(await mediaVerdict({ cookie })).toBe('let through');
    await ask(app, 'DELETE', '/api/users/3/sessions', own(administrator));
    expect(await feed.ended()).toBe(true);
    expect(await mediaVerdict({ cookie })).toBe('unauthenticated');
    await ask(app, 'DELETE', '/api/session', own(administrator));
    expect(await other.ended()).toBe(true);
  });
});

describe('a key that is revoked', () => {
  it('ends its running feed', async () => {
    const again = await ask(app, 'POST', '/api/session', {}, { name: 'admin', password: 'quiet harbour before dawn' });
    const cookie = [again.headers['set-cookie']]
      .flat()
      .map((each) => String(each).split(';', 1)[0])
      .join('; ');
    const made = await ask(app, 'POST', '/api/keys', own(cookie), { name: 'feed', scopes: ['live.view'] });
    const { key, id } = made.json<{ key: string; id: string }>();
    const feed = await follow({ authorization: `Bearer ${key}` });
    await ask(app, 'DELETE', `/api/keys/${id}`, own(cookie));
    expect(await feed.ended()).toBe(true);
  });
});
