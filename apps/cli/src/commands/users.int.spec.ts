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
      const reset = (await home.run(['users', 'reset', 'bob', '--json'])).json();
      expect(reset).toMatchObject({ ok: true, password: expect.any(String) });
      expect((await home.run(['users', 'list'])).stdout).toMatch(
        /^Ann {2}administrator {2}active {2}never seen\nbob {2}operator {2}active {2}never seen\n$/,
      );
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
