import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccessWorld, at } from './access-world.testing.js';

describe('the commands of API keys', () => {
  let world: AccessWorld;
  beforeEach(() => {
    world = new AccessWorld();
  });

  it('create a key for the caller, and show its secret once', async () => {
    const made = await world.createKey({ scopes: ['videos.view', 'videos.view'] });
    expect(made).toMatchObject({ userId: 1, name: 'Script', scopes: ['videos.view'], createdAt: at, expiresAt: null });
    expect(made.key).toContain(`secret-of-${made.id}`);
    expect((await world.keys.current()).byId[made.id]).toMatchObject({ userId: 1, scopes: ['videos.view'] });
    expect(world.secrets.kinds.get(made.id)).toBe('key');
    expect(await world.log()).not.toContain('secret-of');
  });

  it.each<[what: string, code: string, act: () => Promise<unknown>]>([
    [
      'more than the caller may do',
      'key.scope-not-yours',
      () => world.createKey({ scopes: ['videos.purge'] }, world.asker(1, 'mine', ['videos.view'])),
    ],
    ['something that does not exist', 'key.scope-not-yours', () => world.createKey({ scopes: ['ships.sink'] })],
    ['a time that has passed', 'key.expiry-past', () => world.createKey({ expiresAt: at })],
    ['a key for a key', 'request.forbidden', () => world.createKey({}, world.asker(1, null))],
    ['a key for a stranger', 'request.forbidden', () => world.createKey({}, world.asker(null))],
  ])('refuse %s, and leave no secret', async (_, code, act) => {
    await expect(act()).rejects.toMatchObject({ code });
    expect(world.secrets.kinds.size).toBe(0);
    expect(await world.types()).toEqual([]);
  });

  it("revoke one's own key, and an administrator any key", async () => {
    const [one, two] = [await world.createKey(), await world.createKey()];
    await world.revokeKey(one.id, world.asker(1, 'mine', []));
    await expect(world.revokeKey(two.id, world.asker(2, 'mine', []))).rejects.toMatchObject({
      code: 'request.forbidden',
    });
    expect([...world.secrets.kinds.keys()]).toEqual([two.id]);
    await world.revokeKey(two.id, world.asker(2, 'mine', ['users.change']));
    expect(world.secrets.kinds.size).toBe(0);
    expect((await world.keys.current()).byId).toEqual({});
    await expect(world.revokeKey(two.id)).rejects.toMatchObject({ code: 'key.not-found' });
  });

  it('do not let a key revoke a key, even of the same user', async () => {
    const { id } = await world.createKey();
    await expect(world.revokeKey(id, world.asker(1, null, []))).rejects.toMatchObject({ code: 'request.forbidden' });
    expect(world.secrets.kinds.size).toBe(1);
  });
});

describe('the commands of share links', () => {
  let world: AccessWorld;
  beforeEach(() => {
    world = new AccessWorld();
  });

  it('share a video, without a name, a password or an end unless they are given', async () => {
    const { share, token } = await world.share({ name: '' });
    expect(share).toMatchObject({
      item: { kind: 'video', id: 5 },
      name: null,
      userId: 1,
      hasPassword: false,
      download: false,
      expiresAt: null,
      createdAt: at,
    });
    expect(token).toBe(`secret-of-${share.id}`);
    expect((await world.shares.current()).byId[share.id]).toEqual(share);
  });

  it('store a password only as a hash, beside the log', async () => {
    const { share } = await world.share({ password: 'lighthouse' });
    expect(share.hasPassword).toBe(true);
    expect(world.secrets.passwordHashes.get(share.id)).toBe('hash of lighthouse');
    expect(await world.log()).not.toMatch(/lighthouse|secret-of/);
  });

  it.each<[what: string, code: string, act: () => Promise<unknown>]>([
    ['without the permission', 'request.forbidden', () => world.share({}, world.asker(1, 'mine', []))],
    ['for nobody', 'request.forbidden', () => world.share({}, world.asker(null))],
    [
      'a download that the caller may not make',
      'request.forbidden',
      () => world.share({ download: true }, world.asker(1, 'mine', ['shares.change'])),
    ],
    ['until a time that has passed', 'key.expiry-past', () => world.share({ expiresAt: at })],
  ])('refuse a link %s, and leave no secret', async (_, code, act) => {
    await expect(act()).rejects.toMatchObject({ code });
    expect(world.secrets.kinds.size).toBe(0);
    expect(await world.types()).toEqual([]);
  });

  it("revoke one's own link, and an administrator any link", async () => {
    const [one, two] = [(await world.share()).share, (await world.share()).share];
    await world.revokeShare(one.id, world.asker(1, 'mine', []));
    await expect(world.revokeShare(two.id, world.asker(2, 'mine', []))).rejects.toMatchObject({
      code: 'request.forbidden',
    });
    expect([...world.secrets.kinds.keys()]).toEqual([two.id]);
    await world.revokeShare(two.id, world.asker(2, 'mine', ['users.change']));
    expect((await world.shares.current()).byId).toEqual({});
    await expect(world.revokeShare(two.id)).rejects.toMatchObject({ code: 'share.not-found' });
  });
});
