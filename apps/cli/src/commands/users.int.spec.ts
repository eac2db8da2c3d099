import { describe, expect, it } from '@jest/globals';
import { Home } from '../cli-process.testing.js';

describe('accounts on the command line', () => {
  it('are created, listed, given a new password and another role; the last administrator stays one', () =>
    Home.with(async (home) => {
      expect((await home.run(['users', 'list', '--json'])).json()).toEqual({ ok: true, items: [] });
      const added = (await home.run(['users', 'add', 'Ann', '--role', 'administrator', '--json'])).json();
      expect(added).toMatchObject({ ok: true, name: 'Ann', password: expect.stringMatching(/^.{20}$/) });
      expect((await home.run(['users', 'add', 'ann', '--json'])).json()).toMatchObject({
        error: { code: 'user.name-taken' },
      });
      expect((await home.run(['users', 'role', 'ann', 'viewer', '--json'])).json()).toMatchObject({
        error: { code: 'user.last-administrator' },
      });
      await home.run(['users', 'add', 'bob']);
      await home.run(['users', 'role', 'bob', 'operator']);
      expect((await home.run(['users', 'forget', 'bob'])).stdout).toBe('0 addresses were erased.\n');
      const reset = (await home.run(['users', 'reset', 'bob', '--json'])).json();
      expect(reset).toMatchObject({ ok: true, password: expect.any(String) });
      expect((await home.run(['users', 'list'])).stdout).toMatch(
        /^Ann {2}administrator {2}active {2}never seen\nbob {2}operator {2}active {2}never seen\n$/,
      );
    }));

  it('have API keys, within what their role may do, which end when they are revoked', () =>
    Home.with(async (home) => {
      await home.run(['users', 'add', 'ann', '--role', 'operator']);
      const add = (scopes: string) => home.run(['keys', 'add', 'ann', 'script', '--scopes', scopes, '--json']);
      expect((await add('users.change')).json()).toMatchObject({ error: { code: 'key.scope-not-yours' } });
      const made = (await add('recordings.view, recordings.control')).json() as { id: string; key: string };
      expect(made).toMatchObject({ ok: true, userId: 1, key: expect.stringMatching(/^sv_/) });
      const listed = await home.run(['keys', 'list']);
      expect(listed.stdout).toContain(`${made.id}  user 1  script  recordings.view,recordings.control`);
      expect(listed.stdout).not.toContain(made.key);
      await home.run(['keys', 'revoke', made.id]);
      expect((await home.run(['keys', 'list', '--json'])).json()).toEqual({ ok: true, items: [] });
      expect((await home.run(['keys', 'revoke', made.id, '--json'])).json()).toMatchObject({
        error: { code: 'key.not-found' },
      });
    }));

  it('that do not exist, and invalid roles, are reported', () =>
    Home.with(async (home) => {
      expect(await home.run(['users', 'reset', 'nobody'])).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('no user called nobody'),
      });
      expect(await home.run(['users', 'add', 'ann', '--role', 'king'])).toMatchObject({ code: 2 });
    }));
});
