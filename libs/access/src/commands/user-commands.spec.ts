import { beforeEach, describe, expect, it } from '@jest/globals';
import { AccessWorld, password } from './access-world.testing.js';

const other = 'ferry-at-half-past-nine';

describe('the commands of users', () => {
  let world: AccessWorld;
  beforeEach(() => {
    world = new AccessWorld();
  });
  const account = async (userId: number) => (await world.accounts.current()).all.find(({ id }) => id === userId);
  const passwords = () => [...world.passwords.texts.values()];

  it('create the first administrator, once, also of two requests at the same time', async () => {
    const both = await Promise.allSettled([world.first('Ada'), world.first('Eve')]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    await expect(world.first('Eve')).rejects.toMatchObject({ code: 'setup.done' });
    expect(await world.types()).toEqual(['UserCreated']);
    expect((await world.accounts.current()).all).toMatchObject([{ id: 1, role: 'administrator' }]);
    expect(passwords()).toEqual([password]);
  });

  it('create a user with a role, and store the password beside the log', async () => {
    await world.first();
    expect(await world.create({ role: 'operator' })).toEqual({ userId: 2 });
    expect(await account(2)).toMatchObject({ name: 'Bob', role: 'operator', disabled: false });
    expect(passwords()).toEqual([password, password]);
    expect(await world.log()).not.toContain(password);
  });

  it('store no password of a user who was refused', async () => {
    await world.first();
    await world.create();
    await expect(world.create({ name: ' BOB ' })).rejects.toMatchObject({ code: 'user.name-taken' });
    await expect(world.create({ name: 'Cleo', text: 'password' })).rejects.toMatchObject({ code: 'password.refused' });
    expect(passwords()).toHaveLength(2);
    expect(await world.types()).toEqual(['UserCreated', 'UserCreated']);
  });

  it('take an account back with a new password: the old one, its sessions and its passkeys are gone', async () => {
    await world.first();
    await world.create();
    await world.signIn('Bob', password);
    await world.change(2, { password: other });
    expect(passwords()).toEqual([password, other]);
    expect(world.sessions.open).toEqual([]);
    expect(world.withoutPasskeys).toEqual([2]);
    expect(world.trail.told.at(-1)).toMatchObject({ type: 'SessionsRevoked', data: { userId: 2, reason: 'password' } });
  });

  it("keep the caller's session and passkeys if the password is the caller's own", async () => {
    await world.first();
    await world.signIn('Ada', password);
    await world.signIn('Ada', password);
    await world.change(1, { password: other }, world.asker(1, 'session-1'));
    expect(world.sessions.open).toEqual([{ id: 'session-1', userId: 1 }]);
    expect(world.withoutPasskeys).toEqual([]);
  });

  it('end the sessions of a user who is disabled, and of no other', async () => {
    await world.first();
    await world.create();
    await world.signIn('Ada', password);
    await world.signIn('Bob', password);
    await world.change(2, { disabled: true });
    expect(world.sessions.open).toMatchObject([{ userId: 1 }]);
    await world.change(2, { disabled: false, name: 'Robert', role: 'operator' });
    expect(await account(2)).toMatchObject({ name: 'Robert', role: 'operator', disabled: false });
    expect(world.sessions.open).toMatchObject([{ userId: 1 }]);
  });

  it('remove a user with the password, the passkeys, the sessions and the addresses', async () => {
    await world.first();
    await world.create();
    await world.signIn('Bob', password);
    await world.remove(2);
    expect(await account(2)).toBeUndefined();
    expect(passwords()).toHaveLength(1);
    expect(world.sessions.open).toEqual([]);
    expect(world.withoutPasskeys).toEqual([2]);
    expect(world.withoutAddresses).toEqual([2]);
    expect(await world.create({ name: 'Cleo' })).toEqual({ userId: 3 });
  });

  it("erase one's own addresses, or with the permission anybody's, a removed user's too", async () => {
    await world.first();
    await world.create();
    await world.remove(2);
    expect(await world.eraseAddresses(2)).toEqual({ erased: 1 });
    expect(await world.eraseAddresses(1, world.asker(1, 'mine', []))).toEqual({ erased: 1 });
    for (const asker of [world.asker(2, 'mine', []), world.asker(1, null, [])])
      await expect(world.eraseAddresses(1, asker)).rejects.toMatchObject({ kind: 'forbidden' });
    await expect(world.eraseAddresses(3)).rejects.toMatchObject({ code: 'user.not-found' });
    expect(world.withoutAddresses).toEqual([2, 2, 1]);
  });

  it('leave the last administrator able to sign in', async () => {
    await world.first();
    await world.signIn('Ada', password);
    for (const act of [
      () => world.remove(1),
      () => world.change(1, { role: 'viewer' }),
      () => world.change(1, { disabled: true, password: other }),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'user.last-administrator' });
    expect(passwords()).toEqual([password]);
    expect(world.sessions.open).toHaveLength(1);
    expect(world.withoutPasskeys).toEqual([]);
  });

  it("change the caller's own password, and end all other sessions", async () => {
    await world.first();
    await world.signIn('Ada', password);
    await world.signIn('Ada', password);
    await world.changePassword(password, other, world.asker(1, 'session-2'));
    expect(passwords()).toEqual([other]);
    expect(world.sessions.open).toEqual([{ id: 'session-2', userId: 1 }]);
  });

  it('refuse a wrong current password, and soon any more tries from that session', async () => {
    await world.first();
    for (let count = 0; count < 3; count += 1)
      await expect(world.changePassword('guess', other)).rejects.toMatchObject({ code: 'password.wrong' });
    await expect(world.changePassword(password, other)).rejects.toMatchObject({ code: 'session.too-many-tries' });
    expect(passwords()).toEqual([password]);
    await world.changePassword(password, other, world.asker(1, 'session-2'));
  });

  it('refuse to change the password of a caller who is not signed in', async () => {
    await world.first();
    for (const asker of [world.asker(null), world.asker(1, null), world.asker(7)])
      await expect(world.changePassword(password, other, asker)).rejects.toMatchObject({ code: 'request.forbidden' });
  });

  it('refuse to change or remove a user who is not there', async () => {
    await world.first();
    await expect(world.change(9, { name: 'x' })).rejects.toMatchObject({ code: 'user.not-found' });
    await expect(world.remove(9)).rejects.toMatchObject({ code: 'user.not-found' });
  });

  it('need the permission users.change', async () => {
    await world.first();
    const operator = world.asker(2, 'mine', ['videos.view']);
    for (const act of [
      () => world.create({}, operator),
      () => world.change(1, {}, operator),
      () => world.remove(1, operator),
    ])
      await expect(act()).rejects.toMatchObject({ code: 'request.forbidden' });
    expect(await world.types()).toEqual(['UserCreated']);
  });
});
