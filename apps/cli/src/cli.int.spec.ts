import { describe, expect, it } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Home, someEvent } from './cli-process.testing.js';

const inHome = (body: (home: Home) => Promise<void>) => () => Home.with(body);

function change(file: string, sql: string): void {
  const db = new DatabaseSync(file);
  db.exec(sql);
  db.close();
}

describe('the command line', () => {
  it('prints help for every command, and touches nothing for it', () =>
    Home.with(async (home) => {
      const help = async (path: readonly string[]): Promise<string[]> => {
        const { code, stdout, stderr } = await home.run([...path, '--help']);
        expect([path, code, stderr]).toEqual([path, 0, '']);
        expect(stdout).toMatch(new RegExp(`^Usage: ${['streamvault', ...path].join(' ')} `));
        const [, list = ''] = stdout.split('\nCommands:\n');
        const names = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, name = '']) => name).filter((name) => name !== 'help');
        // Commands that do something have a JSON output and describe what they do.
        if (names.length === 0) expect(stdout).toMatch(/\n\n\w[^]*--json/);
        const below = await Promise.all(names.map((name) => help([...path, name])));
        return names.length === 0 ? [path.join(' ')] : below.flat();
      };
      expect((await help([])).toSorted()).toEqual([
        'backup',
        'completion',
        'doctor',
        'keys add',
        'keys list',
        'keys revoke',
        'log copy',
        'log export',
        'log head',
        'log import',
        'log stats',
        'log verify',
        'projections list',
        'projections rebuild',
        'record',
        'recordings list',
        'recordings show',
        'restore',
        'stop',
        'streamers add',
        'streamers list',
        'users add',
        'users forget',
        'users list',
        'users reset',
        'users role',
      ]);
      expect(await home.run([])).toMatchObject({ code: 2, stderr: expect.stringMatching(/^Usage: streamvault/) });
      expect(await readdir(home.folder)).toEqual([]);
    }));

  it.each(['bash', 'zsh', 'fish'])('completes in %s every command that the help names', (shell) =>
    Home.with(async (home) => {
      const { code, stdout } = await home.run(['completion', shell]);
      expect(code).toBe(0);
      for (const [name, below] of [
        ['log', 'verify head stats export import copy'],
        ['streamers', 'list add'],
        ['recordings', 'list show'],
        ['projections', 'list rebuild'],
        ['users', 'list add reset role forget'],
      ] as const) {
        expect(stdout).toMatch(new RegExp(`(^ *${name}\\) words|from ${name}" -a )[= ]*"?${below}"`, 'm'));
        const { stdout: help } = await home.run([name, '--help']);
        const [, list = ''] = help.split('\nCommands:\n');
        const named = [...list.matchAll(/^ {2}(\w+)/gm)].map(([, each]) => each).filter((each) => each !== 'help');
        expect(named.join(' ')).toBe(below);
      }
      // A script that does not parse would break every shell that reads it.
      if (shell === 'bash') execFileSync('bash', ['-n'], { input: stdout });
    }),
  );

  it.each([
    [['nonsense']],
    [['completion', 'nonsense']],
    [['recordings', 'show', 'nonsense']],
    [['recordings', 'list', '--limit', 'x']],
    [['log', 'nonsense']],
    [['log', 'export']],
    [['log', 'verify', '--from', 'x']],
    [['log', 'verify', '--expect', 'x']],
    [['log', 'copy']],
    [['backup', 'a', 'b']],
  ])('used wrongly reports it, with exit code 2: %p', (args) =>
    Home.with(async (home) => {
      const { code, stderr } = await home.run(args);
      expect(code).toBe(2);
      expect(stderr.trim()).not.toBe('');
    }),
  );

  it('reads the same settings as the server, from the environment before .env, and from files that contain them', () =>
    Home.with(async (home) => {
      await home.makeLog(3);
      await mkdir(home.path('other'));
      await copyFile(home.log, home.path('other', 'log.db'));
      const count = async (env: NodeJS.ProcessEnv = {}): Promise<unknown> =>
        (await home.run(['log', 'stats', '--json'], env)).json()['events'];
      expect(await count()).toBe(3);
      expect(await count({ DATA_DIR: home.path('data'), EVENT_STORE_URL: '' })).toBe(3);
      await writeFile(home.path('.env'), 'EVENT_STORE_URL=sqlite:other/log.db\n');
      expect(await count()).toBe(3);
      await writeFile(home.path('.env'), 'DATA_DIR=nowhere\n');
      expect(await count()).toBeUndefined();
      await writeFile(home.path('secret'), `sqlite:${home.log}\n`);
      expect(await count({ EVENT_STORE_URL_FILE: home.path('secret') })).toBe(3);
      const missing = await home.run(['log', 'stats'], { EVENT_STORE_URL_FILE: '/no/such/secret' });
      expect(missing).toMatchObject({ code: 1, stderr: 'EVENT_STORE_URL_FILE: the file it names cannot be read.\n' });
    }));

  it('never repeats the content of a URL', () =>
    Home.with(async (home) => {
      for (const url of ['postgresql://me:s3cret@host/x', 's3cret', 'sqlite://s3cret/x']) {
        const { code, stdout, stderr } = await home.run(['log', 'stats', '--json'], { EVENT_STORE_URL: url });
        expect(code).toBe(1);
        expect(stdout + stderr).not.toContain('s3cret');
      }
    }));
});

describe('log verify and head', () => {
  it(
    'finds a log intact, beside its writer, and checks a head that was kept',
    inHome(async (home) => {
      const store = await home.openLog(20);
      const head = (await home.run(['log', 'head'])).stdout.trim();
      expect(head).toMatch(/^20:[\da-f]{64}$/);
      await store.append('note-1', [someEvent(20)], 'any');
      expect(await home.run(['log', 'verify', '--expect', head])).toMatchObject({
        code: 0,
        stderr: '',
        stdout: expect.stringMatching(/^Intact: 21 events\. Head: 21:[\da-f]{64}\n$/),
      });
      await store.close();
      change(home.log, 'DELETE FROM event WHERE position > 19; UPDATE sqlite_sequence SET seq = 19');
      // Without a better one, the head beside the log is used.
      expect(await home.run(['log', 'verify'])).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Broken at position 20 \(truncated\)/),
      });
      await rm(`${home.log}.head`);
      expect(await home.run(['log', 'verify'])).toMatchObject({ code: 0 });
      const cut = await home.run(['log', 'verify', '--expect', head]);
      expect(cut).toMatchObject({
        code: 1,
        stderr: expect.stringMatching(/^Broken at position 20 \(truncated\).*\n$/),
      });
    }),
  );

  it(
    'name the first broken position',
    inHome(async (home) => {
      await home.makeLog(20);
      change(home.log, `UPDATE event SET data = '{"n":0}' WHERE position IN (7, 12)`);
      const outcome = await home.run(['log', 'verify', '--json']);
      expect(outcome).toMatchObject({ code: 1, stderr: '' });
      expect(outcome.json()).toMatchObject({
        ok: false,
        error: { code: 'log.broken', position: '7', break: 'changed' },
      });
      expect((await home.run(['log', 'verify', '--from', '13'])).code).toBe(0);
    }),
  );
});

describe('log stats', () => {
  it(
    'counts',
    inHome(async (home) => {
      await home.makeLog(20);
      const found = (await home.run(['log', 'stats', '--json'])).json();
      expect(found).toMatchObject({ ok: true, events: 20, streams: 5, categories: { note: 20 } });
      expect(found).toMatchObject({ types: { Noted: 10, Forgotten: 10 }, firstAt: expect.stringMatching(/Z$/) });
      expect((await home.run(['log', 'stats'])).stdout).toMatch(/^20 events in 5 streams[^]*10 {2}Noted/);
    }),
  );
});

describe('log export, import and copy', () => {
  it(
    'move a log, resume, and give the very same one',
    inHome(async (home) => {
      const store = await home.openLog(50);
      const head = (await home.run(['log', 'head'])).stdout;
      expect((await home.run(['log', 'export', 'log.ndjson'])).code).toBe(0);
      await store.close();
      const whole = await readFile(home.path('log.ndjson'));
      await truncate(home.path('log.ndjson'), 5_000);
      const again = (await home.run(['log', 'export', 'log.ndjson', '--json'])).json();
      expect(again).toMatchObject({ ok: true, events: 50 });
      expect(again['resumedAfter']).toBeGreaterThan(0);
      expect(whole.equals(await readFile(home.path('log.ndjson')))).toBe(true);

      const second = { EVENT_STORE_URL: 'sqlite:second.db' };
      expect((await home.run(['log', 'import', 'log.ndjson', '--json'], second)).json()).toMatchObject({
        appended: 50,
      });
      expect((await home.run(['log', 'import', 'log.ndjson', '--json'], second)).json()).toMatchObject({ appended: 0 });
      expect((await home.run(['log', 'head'], second)).stdout).toBe(head);

      const copied = await home.run(['log', 'copy', '--to', 'sqlite:third.db', '--json']);
      expect(copied.json()).toMatchObject({ ok: true, events: 50, appended: 50 });
      expect((await home.run(['log', 'head'], { EVENT_STORE_URL: 'sqlite:third.db' })).stdout).toBe(head);
    }),
  );

  it(
    'refuse what does not fit, in one line',
    inHome(async (home) => {
      await home.makeLog(5);
      await writeFile(home.path('mine.txt'), 'mine');
      await writeFile(home.path('bad.ndjson'), '{"streamvaultLog":1}\n{}\n');
      for (const [args, code] of [
        [['log', 'export', 'mine.txt'], 'event-store.invalid-export'],
        [['log', 'export', 'no/where.ndjson'], 'event-store.not-writable'],
        [['log', 'import', 'bad.ndjson'], 'event-store.invalid-export'],
        [['log', 'import', 'none.ndjson'], 'event-store.invalid-export'],
      ] as const) {
        const outcome = await home.run([...args, '--json']);
        expect(outcome.code).toBe(1);
        expect(outcome.json()).toMatchObject({ ok: false, error: { code } });
        expect((await home.run(args)).stderr).toMatch(/^[^\n]{20,}\n$/);
      }
      expect(await readFile(home.path('mine.txt'), 'utf8')).toBe('mine');
    }),
  );
});

describe('backup and restore', () => {
  it(
    'restore a log as it was, with the server running at first and stopped then',
    inHome(async (home) => {
      const store = await home.openLog(30);
      const backup = await home.run(['backup', 'kept/log.db', '--json']);
      expect(backup.json()).toMatchObject({ ok: true, head: { position: '30' } });
      const { position, hash } = backup.json()['head'] as { position: string; hash: string };
      expect((await home.run(['backup', 'kept/log.db'])).code).toBe(1);
      const held = await home.run(['restore', 'kept/log.db', '--json']);
      expect(held.json()).toMatchObject({ error: { code: 'event-store.locked' } });
      await store.close();
      const there = await home.run(['restore', 'kept/log.db', '--json']);
      expect(there.json()).toMatchObject({ error: { code: 'event-store.log-exists' } });

      const elsewhere = { DATA_DIR: home.path('elsewhere') };
      const restored = await home.run(['restore', 'kept/log.db', '--expect', `${position}:${hash}`], elsewhere);
      expect(restored).toMatchObject({ code: 0, stdout: expect.stringContaining('read models were left out') });
      expect((await home.run(['log', 'verify', '--expect', `${position}:${hash}`], elsewhere)).code).toBe(0);
    }),
  );

  it(
    'do not put a log under the read models of another',
    inHome(async (home) => {
      await home.makeLog(3);
      await home.run(['backup', 'log.db']);
      await mkdir(home.path('elsewhere'));
      await writeFile(home.path('elsewhere', 'read-models.db'), 'of another');
      const outcome = await home.run(['restore', 'log.db'], { DATA_DIR: home.path('elsewhere') });
      expect(outcome).toMatchObject({ code: 1, stderr: expect.stringContaining('Move it away') });
      expect(existsSync(home.path('elsewhere', 'events.db'))).toBe(false);
    }),
  );
});

describe('a log file that cannot be used', () => {
  const refusal = async (home: Home, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<string> => {
    const { code, stdout, stderr } = await home.run(args, env);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^[^\n]{20,}\n$/);
    return stderr;
  };

  it(
    'because it was cut off, is of a newer version, or is something else, is named and not changed',
    inHome(async (home) => {
      await home.makeLog(200);
      await home.run(['log', 'export', 'log.ndjson']);
      const whole = await readFile(home.log);
      const damages: [RegExp, () => Promise<void> | void][] = [
        [/was cut off/, () => truncate(home.log, Math.floor(whole.length / 2))],
        [/newer StreamVault.*Upgrade/, () => change(home.log, 'PRAGMA user_version = 99')],
        [/not an SQLite database/, () => writeFile(home.log, 'x'.repeat(9_000))],
      ];
      for (const [message, damage] of damages) {
        await writeFile(home.log, whole);
        await damage();
        const damaged = await readFile(home.log);
        for (const args of [
          ['log', 'verify'],
          ['log', 'stats'],
          ['backup', 'b.db'],
          ['log', 'import', 'log.ndjson'],
        ]) {
          expect(await refusal(home, args)).toMatch(message);
        }
        expect(damaged.equals(await readFile(home.log))).toBe(true);
      }
    }),
  );

  it(
    'because another process writes it, is refused',
    inHome(async (home) => {
      const store = await home.openLog(5);
      await home.run(['log', 'export', 'log.ndjson']);
      expect(await refusal(home, ['log', 'import', 'log.ndjson'])).toMatch(/Another StreamVault.*Stop it first/);
      await store.append('note-1', [someEvent(5)], 'any');
      await store.close();
    }),
  );

  const mayMount = process.getuid?.() === 0 && canMount();
  (mayMount ? it : it.skip)(
    'because its disk is read-only or full, says so, loses nothing, and is used again when that is over',
    inHome(async (home) => {
      const disk = home.path('disk');
      await home.makeLog(2_000);
      await home.run(['log', 'export', 'log.ndjson']);
      await mkdir(disk);
      mount('-t', 'tmpfs', '-o', 'size=600k', 'tmpfs', disk);
      try {
        const onDisk = { EVENT_STORE_URL: `sqlite:${join(disk, 'events.db')}` };
        for (const args of [
          ['log', 'import', 'log.ndjson'],
          ['restore', 'b.db'],
          ['log', 'export', join(disk, 'x.ndjson')],
        ]) {
          if (args[0] === 'restore') await home.run(['backup', 'b.db']);
          const env = args[1] === 'export' ? {} : onDisk;
          expect(await refusal(home, args, env)).toMatch(/disk.*full.*Free some space/);
          if (args[0] === 'restore')
            expect((await readdir(disk)).filter((name) => name.includes('partial'))).toEqual([]);
          // The file so far is kept; there is room now, and it continues.
          mount('-o', 'remount,size=20m', disk);
          expect((await home.run(args, env)).code).toBe(0);
          for (const name of await readdir(disk)) execFileSync('rm', [join(disk, name)]);
          mount('-o', 'remount,size=600k', disk);
        }
        mount('-o', 'remount,size=20m', disk);
        await home.run(['log', 'import', 'log.ndjson'], onDisk);
        mount('-o', 'remount,ro', disk);
        expect(await refusal(home, ['log', 'import', 'log.ndjson'], onDisk)).toMatch(/cannot be opened for writing/);
        expect(await refusal(home, ['backup', join(disk, 'b2.db')])).toMatch(/cannot be (opened for writing|written)/);
        expect(await refusal(home, ['log', 'verify'], onDisk)).toMatch(/Copy the file into a folder/);
        mount('-o', 'remount,rw', disk);
        expect((await home.run(['log', 'verify'], onDisk)).stdout).toMatch(/^Intact: 2,000 events/);
      } finally {
        execFileSync('umount', [disk]);
      }
    }),
  );
});

function mount(...args: string[]): void {
  execFileSync('mount', args);
}

/** Root in a container may not be allowed to. */
function canMount(): boolean {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
