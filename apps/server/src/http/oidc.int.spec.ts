import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { WhoAmI } from '@streamvault/api-contract';
import type { MemoryEventStore } from '@streamvault/event-store';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FakeIdentityProvider, type Mischief } from '../../../../libs/access/src/fake-identity-provider.testing.js';
import { ask, cookieOf, openAccess, setUp, type Answer } from './access-server.testing.js';

const publicUrl = 'https://vault.example.org';
/** As the reverse proxy passes it on. */
const proxied = { host: 'vault.example.org', 'x-forwarded-proto': 'https', 'x-forwarded-for': '203.0.113.7' };

let provider: FakeIdentityProvider;
let app: NestFastifyApplication;
let store: MemoryEventStore;
let folder: string;
let administrator: string;

const settingsOf = (issuer: string) => ({
  OIDC_ISSUER: issuer,
  OIDC_CLIENT_ID: 'streamvault',
  OIDC_CLIENT_SECRET: 'a secret of the provider',
  OIDC_NEW_USERS: 'claim',
});

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-oidc-'));
  provider = await FakeIdentityProvider.start();
  ({ app, store } = await openAccess(folder, {
    settings: settingsOf(provider.issuer),
    environment: { TRUSTED_PROXIES: '127.0.0.1' },
    publicUrl,
  }));
  administrator = await setUp(app, folder);
});
afterAll(async () => {
  await app.close();
  await provider.stop();
  await rm(folder, { recursive: true, force: true });
});
beforeEach(() => {
  provider.claims = { sub: 'ann', preferred_username: 'ann', groups: ['streamvault-viewer'] };
  provider.mischief = {};
});

const get = (url: string, cookie = '', at = app) => ask(at, 'GET', url, { ...proxied, ...(cookie && { cookie }) });

/** The complete flow: to the provider and back. */
async function signIn({ cookie = '', query = '' } = {}): Promise<Answer> {
  const begun = await get(`/api/session/oidc${query}`, cookie);
  expect(begun.statusCode).toBe(302);
  const back = new URL(await provider.signIn(String(begun.headers.location)));
  return get(back.pathname + back.search, [cookieOf(begun), cookie].filter((part) => part !== '').join('; '));
}

const sessionOf = (answer: Answer): string =>
  cookieOf(answer)
    .split('; ')
    .filter((cookie) => !cookie.includes('sign-in'))
    .join('; ');
const whoIs = async (answer: Answer): Promise<WhoAmI> => (await get('/api/session', sessionOf(answer))).json<WhoAmI>();
const refusalOf = (answer: Answer): string =>
  /^\/sign-in\?refused=(.*)$/.exec(String(answer.headers.location))?.[1] ?? '';

describe('sign-in by an identity provider', () => {
  it('asks with PKCE, state and nonce, and comes back to PUBLIC_URL', async () => {
    const begun = await get('/api/session/oidc');
    const url = new URL(String(begun.headers.location));
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      client_id: 'streamvault',
      redirect_uri: `${publicUrl}/api/session/oidc/callback`,
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.any(String),
      nonce: expect.any(String),
    });
    expect(begun.headers['set-cookie']).toMatch(
      /^__Host-streamvault-sign-in=[\w-]{43}; .*HttpOnly; SameSite=Lax; Secure$/,
    );
  });

  it('makes an account if the claim gives a role, and finds it again by issuer and subject', async () => {
    const first = await signIn({ query: '?returnTo=/videos/1' });
    expect(first.headers.location).toBe('/videos/1');
    const who = await whoIs(first);
    expect(who.user).toMatchObject({ name: 'ann', role: 'viewer', hasPassword: false });
    provider.claims = { sub: 'ann', preferred_username: 'renamed', groups: ['streamvault-operator'] };
    expect((await whoIs(await signIn())).user).toMatchObject({ id: who.user!.id, name: 'ann', role: 'operator' });
  });

  it('removes a role with its group, and admits no one without a role', async () => {
    provider.claims = { sub: 'bea', preferred_username: 'bea', groups: ['streamvault-admin', 'streamvault-viewer'] };
    expect((await whoIs(await signIn())).user).toMatchObject({ role: 'administrator' });
    provider.claims = { ...provider.claims, groups: ['streamvault-viewer'] };
    expect((await whoIs(await signIn())).user).toMatchObject({ role: 'viewer' });
    for (const groups of [undefined, [], 'nothing', [7, null, { a: 1 }], { admin: true }]) {
      provider.claims = { ...provider.claims, groups };
      expect(refusalOf(await signIn())).toBe('oidc.no-role');
    }
  });

  it("gives no one another user's account because of the same name or e-mail address", async () => {
    provider.claims = {
      sub: 'mallory',
      preferred_username: 'admin',
      email: 'admin@example.org',
      email_verified: 'true',
      groups: ['streamvault-viewer'],
    };
    const { user } = await whoIs(await signIn());
    expect(user).toMatchObject({ name: 'admin 2', role: 'viewer' });
  });

  it('survives odd claims', async () => {
    provider.claims = {
      sub: 'odd',
      preferred_username: `\u0000\u202e${'x'.repeat(5000)}`,
      picture: 'http://169.254.169.254/',
      name: { evil: true },
      groups: ['streamvault-viewer', '__proto__'],
    };
    expect((await whoIs(await signIn())).user!.name).toBe('x'.repeat(64));
  });

  it('connects an account that is signed in, and only then', async () => {
    provider.claims = { sub: 'the admin elsewhere', groups: ['streamvault-admin'] };
    expect((await get('/api/session/oidc?connect=true')).statusCode).toBe(401);
    const cookie = administrator.replaceAll('streamvault', '__Host-streamvault');
    const connected = await signIn({ cookie, query: '?connect=true&returnTo=/settings' });
    expect(connected.headers.location).toBe('/settings');
    expect((await whoIs(await signIn())).user).toMatchObject({ name: 'admin', role: 'administrator' });
    // The last one with a password stays one, whatever the provider says.
    provider.claims = { ...provider.claims, groups: ['streamvault-viewer'] };
    expect((await whoIs(await signIn())).user).toMatchObject({ name: 'admin', role: 'administrator' });
  });

  it.each<[string, Mischief]>([
    ['another nonce', { claims: { nonce: 'another' } }],
    ['no nonce', { claims: { nonce: undefined } }],
    ['another issuer', { claims: { iss: 'https://evil.example' } }],
    ['another audience', { claims: { aud: 'somebody-else' } }],
    ['a token that is over', { claims: { exp: 1_000_000_000 } }],
    ['no signature', { signature: 'none' }],
    ['the signature of another key', { signature: 'foreign' }],
    ['no subject', { claims: { sub: undefined } }],
  ])('refuses %s', async (_, mischief) => {
    provider.mischief = mischief;
    const answer = await signIn();
    expect([refusalOf(answer), sessionOf(answer)]).toEqual(['oidc.refused', '']);
  });

  it('refuses a callback that this browser did not start, and a second one', async () => {
    const begun = await get('/api/session/oidc');
    const back = new URL(await provider.signIn(String(begun.headers.location)));
    const address = back.pathname + back.search;
    expect(refusalOf(await get(address))).toBe('oidc.refused');
    const other = await get('/api/session/oidc');
    expect(refusalOf(await get(address, cookieOf(other)))).toBe('oidc.refused');
    expect((await get(address, cookieOf(begun))).headers.location).toBe('/');
    expect(refusalOf(await get(address, cookieOf(begun)))).toBe('oidc.refused');
  });

  it('continues when the provider rotates its key', async () => {
    await signIn();
    provider.rotateKey();
    expect((await signIn()).headers.location).toBe('/');
  });

  it.each(['//evil.example', '/\\evil.example', 'https://evil.example', '/sign-in', '/a\\b', '/a\nb'])(
    'leads to no other site: %s',
    async (returnTo) => {
      expect((await signIn({ query: `?returnTo=${encodeURIComponent(returnTo)}` })).headers.location).toBe('/');
    },
  );

  it("keeps the provider's answers out of the log", async () => {
    const told: string[] = [];
    for (const stream of ['accounts-all', 'sign_ins-all'] as const)
      for await (const { data, metadata } of store.readStream(stream)) told.push(JSON.stringify([data, metadata]));
    expect(told.join('\n')).not.toMatch(/eyJ|the admin elsewhere|example\.org|203\.0\.113|secret/);
  });
});

describe('an unavailable provider', () => {
  it('affects neither the server nor users with a password', async () => {
    const away = await FakeIdentityProvider.start();
    const { issuer } = away;
    await away.stop();
    const data = await mkdtemp(join(tmpdir(), 'streamvault-oidc-away-'));
    const { app: server } = await openAccess(data, { settings: settingsOf(issuer), publicUrl });
    try {
      expect(await setUp(server, data)).toContain('streamvault=');
      const begun = await ask(server, 'GET', '/api/session/oidc');
      expect([begun.statusCode, begun.headers.location]).toEqual([302, '/sign-in?refused=oidc.provider-away']);
    } finally {
      await server.close();
      await rm(data, { recursive: true, force: true });
    }
  });
});
