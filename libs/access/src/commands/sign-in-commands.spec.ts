import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Role } from '@streamvault/api-contract';
import { AccessWorld, password } from './access-world.testing.js';
import {
  ConnectIdentity,
  ConnectIdentityHandler,
  SignInByProvider,
  SignInByProviderHandler,
} from './sign-in-by-provider.js';

describe('signing in with a password', () => {
  let world: AccessWorld;
  beforeEach(async () => {
    world = new AccessWorld();
    await world.first();
    await world.create();
  });
  const refused = { code: 'session.refused' };

  it('starts a session, and the log says so', async () => {
    expect(await world.signIn('bob', password)).toMatchObject({ userId: 2, token: 'token-of-session-1' });
    expect(world.trail.told).toMatchObject([
      { type: 'SignedIn', data: { userId: 2, sessionId: 'session-1', method: 'password', agent: 'Browser' } },
    ]);
    expect(JSON.stringify(world.trail.told)).not.toContain('token-of');
  });

  it('answers the same for a wrong name, a wrong password and a disabled account', async () => {
    await world.change(2, { disabled: true });
    await expect(world.signIn('Nobody', password)).rejects.toMatchObject(refused);
    await expect(world.signIn('Ada', 'guess')).rejects.toMatchObject(refused);
    await expect(world.signIn('Bob', password)).rejects.toMatchObject(refused);
    expect(world.sessions.open).toEqual([]);
    expect(world.trail.failures.map(({ userId }) => userId)).toEqual([undefined, 1, 2]);
  });

  it('has to wait after too many failures, also with the right password', async () => {
    for (let count = 0; count < 3; count += 1)
      await expect(world.signIn('Bob', 'guess')).rejects.toMatchObject(refused);
    await expect(world.signIn('Bob', password)).rejects.toMatchObject({ code: 'session.too-many-tries' });
    await world.signIn('Ada', password);
  });

  it('works from a browser that the account knows, whatever others try', async () => {
    const { device } = await world.signIn('Bob', password);
    for (let count = 0; count < 3; count += 1)
      await expect(world.signIn('Bob', 'guess')).rejects.toMatchObject(refused);
    expect(await world.signIn('Bob', password, { device })).toMatchObject({ userId: 2, device });
    // The browser is known to Bob's account only.
    for (let count = 0; count < 3; count += 1)
      await expect(world.signIn('Ada', 'guess', { device })).rejects.toMatchObject(refused);
    await expect(world.signIn('Ada', password, { device })).rejects.toMatchObject({ code: 'session.too-many-tries' });
  });

  it('forgets failures after a success', async () => {
    for (let round = 0; round < 3; round += 1) {
      await expect(world.signIn('Bob', 'guess')).rejects.toMatchObject(refused);
      await world.signIn('Bob', password);
    }
  });
});

describe('signing in by an identity provider', () => {
  let world: AccessWorld;
  let newUsers: 'off' | 'claim';
  let warnings: string[];
  beforeEach(async () => {
    world = new AccessWorld();
    newUsers = 'claim';
    warnings = [];
    await world.first();
  });
  const proven = (claims: Record<string, unknown>) => ({
    issuer: 'https://id.example',
    claims: { sub: 'u1', preferred_username: 'bob', groups: ['staff'], ...claims },
    idToken: 'id token',
  });
  const signIn = (claims: Record<string, unknown> = {}) => {
    const settings = {
      OIDC_ROLE_CLAIM: 'groups',
      OIDC_ROLES: new Map<string, Role>([
        ['staff', 'viewer'],
        ['crew', 'operator'],
      ]),
      OIDC_NEW_USERS: newUsers,
    };
    const logger = { info: () => {}, error: () => {}, warn: (message: string) => void warnings.push(message) };
    return new SignInByProviderHandler(
      world.accounts,
      world.door,
      world.trail as never,
      settings as never,
      logger,
    ).execute(
      new SignInByProvider(
        proven(claims),
        { address: '203.0.113.7', agent: 'Browser', device: undefined },
        world.metadata(),
      ),
    );
  };
  const connect = (userId: number, sub = 'u1') =>
    new ConnectIdentityHandler(world.accounts).execute(new ConnectIdentity(proven({ sub }), userId, world.metadata()));
  const all = async () => (await world.accounts.current()).all;

  it('makes an account with the role of the claim, and finds it again by its subject', async () => {
    expect(await signIn()).toMatchObject({ userId: 2 });
    expect(await signIn({ preferred_username: 'robert' })).toMatchObject({ userId: 2 });
    expect(await all()).toMatchObject([{ id: 1 }, { id: 2, name: 'bob', role: 'viewer', credential: null }]);
    expect(world.trail.told.at(-1)).toMatchObject({ data: { method: 'identity-provider' } });
  });

  it('takes the role from the provider at each sign-in', async () => {
    await signIn();
    await signIn({ groups: ['staff', 'crew'] });
    expect((await all())[1]?.role).toBe('operator');
  });

  it('gives a second person with the same name another name, and never the account', async () => {
    await world.create({ name: 'bob' });
    expect(await signIn()).toMatchObject({ userId: 3 });
    expect((await all())[2]?.name).toBe('bob 2');
  });

  it('leaves the last administrator an administrator, and warns', async () => {
    await connect(1);
    expect(await signIn()).toMatchObject({ userId: 1 });
    expect((await all())[0]?.role).toBe('administrator');
    expect(warnings).toEqual([expect.stringContaining('last administrator')]);
  });

  it('admits only known users where new ones are switched off', async () => {
    newUsers = 'off';
    await expect(signIn()).rejects.toMatchObject({ code: 'oidc.unknown-user' });
    expect(await all()).toHaveLength(1);
    await world.create();
    await connect(2);
    expect(await signIn()).toMatchObject({ userId: 2 });
  });

  it('refuses users without a role, and disabled ones, and counts them as failures', async () => {
    await signIn();
    await expect(signIn({ groups: [] })).rejects.toMatchObject({ code: 'oidc.no-role' });
    await world.change(2, { disabled: true });
    await expect(signIn()).rejects.toMatchObject({ code: 'oidc.unknown-user' });
    expect(world.sessions.open).toEqual([]);
    expect(world.trail.failures).toMatchObject([{ userId: 2 }, { userId: 2 }]);
  });

  it('connects an identity with one account only, and not with one that is gone', async () => {
    await world.create();
    await connect(2);
    await connect(2);
    await expect(connect(1)).rejects.toMatchObject({ code: 'user.identity-taken' });
    await expect(connect(9, 'u2')).rejects.toMatchObject({ code: 'user.not-found' });
  });
});
