import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { rawRequest } from './support/raw-request.js';
import { ServerProcess } from './support/server-process.js';
import { within } from './support/until.js';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, inWorld, World } from './support/world.js';

/** Starts a server that should refuse, and returns its line. */
async function refusal(world: World, settings: Readonly<Record<string, string>>, seconds = 30): Promise<string> {
  return refusalIn(await world.directory(), settings, seconds);
}

async function refusalIn(
  directory: string,
  settings: Readonly<Record<string, string>> = {},
  seconds = 30,
): Promise<string> {
  const server = new ServerProcess({ DATA_DIR: path.join(directory, 'data'), PORT: '0', ...settings }, directory);
  try {
    const { code } = await within(seconds, 'the server refused to start', server.exited);
    expect(code).toBe(1);
  } finally {
    if (server.isRunning) await server.kill();
  }
  const lines = server.err.trimEnd().split('\n');
  expect(lines).toEqual([expect.stringMatching(/^StreamVault cannot start\. .+\.$/)]);
  expect(server.err).not.toMatch(/\bat .*\.js:|node_modules/);
  return lines[0]!;
}

describe('the server refuses to start, in one line and with an exit code,', () => {
  it(
    'on a port that is in use',
    inWorld(async (world) => {
      const other = createServer();
      await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
      const port = String((other.address() as AddressInfo).port);
      const line = await refusal(world, { PORT: port });
      await new Promise((resolve) => other.close(resolve));
      expect(line).toContain(port);
      expect(line).toContain('PORT');
    }),
  );

  it(
    'with a file in place of its folder, of the work folder, or of the library',
    inWorld(async (world) => {
      const directory = await world.directory();
      const file = path.join(directory, 'file');
      await writeFile(file, '');
      expect(await refusal(world, { DATA_DIR: file })).toContain('DATA_DIR');
      expect(await refusal(world, { DATA_DIR: path.join(file, 'below') })).toContain('DATA_DIR');
      expect(await refusal(world, { RECORDINGS_DIR: file })).toContain('RECORDINGS_DIR');
      await mkdir(path.join(directory, 'data'));
      await writeFile(path.join(directory, 'data', 'work'), '');
      expect(await refusalIn(directory)).toContain('DATA_DIR');
    }),
  );

  it(
    'with wrong settings, naming each and no value',
    inWorld(async (world) => {
      const wrong = ['PORT', 'LOG_LEVEL', 'ROLES', 'TRUSTED_PROXIES', 'PUBLIC_URL', 'PATIENCE_SECONDS'];
      const line = await refusal(world, Object.fromEntries(wrong.map((name) => [name, 'secret-value'])));
      for (const name of wrong) expect(line).toContain(`${name}:`);
      expect(line).not.toContain('secret-value');
    }),
  );

  it(
    'with an ADMIN_PASSWORD that is too weak, naming it and not its value',
    inWorld(async (world) => {
      const line = await refusal(world, { ADMIN_PASSWORD: 'short-1' });
      expect(line).toContain('ADMIN_PASSWORD');
      expect(line).not.toContain('short-1');
    }),
  );

  it(
    'with a file that should hold a setting and cannot be read',
    inWorld(async (world) => {
      expect(await refusal(world, { DATABASE_URL_FILE: '/nowhere/secret-value' })).toMatch(/DATABASE_URL_FILE/);
    }),
  );

  it(
    'at an address that is not of this machine',
    inWorld(async (world) => {
      expect(await refusal(world, { HOST: '192.0.2.1' })).toContain('HOST');
    }),
  );

  it.each([
    ['EVENT_STORE_URL', 'nonsense'],
    ['FFPROBE_PATH', '/bin/true'],
  ])('with a %s that cannot be used: %s', async (name, value) =>
    inWorld(async (world) => {
      const line = await refusal(world, { [name]: value });
      expect(line).toMatch(new RegExp(name.startsWith('EVENT') ? 'EVENT_STORE_URL|KurrentDB|event store' : name, 'i'));
      expect(line).not.toContain('secret-value');
    })(),
  );

  it(
    'on a KurrentDB that is not there, after waiting a few seconds',
    inWorld(async (world) => {
      // Nothing listens on port 1.
      const line = await refusal(world, { EVENT_STORE_URL: 'kurrentdb://me:secret-value@127.0.0.1:1' }, 25);
      expect(line).toMatch(/KurrentDB at 127\.0\.0\.1:1 does not answer/);
      expect(line).not.toContain('secret-value');
    }),
  );

  it(
    'on something else than an event log, or one of a newer version, and does not change it',
    inWorld(async (world) => {
      const directory = await world.directory();
      const log = path.join(directory, 'data', 'events.db');
      await mkdir(path.dirname(log), { recursive: true });
      await writeFile(log, 'this is no database, however long it may be, and must not be overwritten'.repeat(20));
      const before = await readFile(log);
      await refusalIn(directory);
      expect((await readFile(log)).equals(before)).toBe(true);
    }),
  );

  it(
    'on something else than a read database, saying that it may be deleted',
    inWorld(async (world) => {
      const directory = await world.directory();
      const file = path.join(directory, 'data', 'read-models.db');
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, 'this is no database'.repeat(100));
      expect(await refusalIn(directory)).toMatch(/delete/);
    }),
  );

  it(
    'in a folder where nobody, not even root, can create anything',
    inWorld(async (world) => {
      expect(await refusal(world, { DATA_DIR: '/proc/streamvault' })).toContain('DATA_DIR');
    }),
  );
});

describe('the server', () => {
  const world = new World();
  const showing = (test: () => Promise<void>) => () => inThis(world, test);
  let server: StreamVault;
  beforeAll(
    showing(async () => {
      server = await world.server();
    }),
  );
  afterAll(() => world.close());

  it(
    'reads its settings from a .env file, which the environment overrides',
    showing(async () => {
      const directory = await world.directory();
      await writeFile(path.join(directory, '.env'), 'LOG_LEVEL=nonsense\nPORT=nonsense\n');
      const line = await refusalIn(directory, { PORT: '0' });
      expect(line).toContain('LOG_LEVEL');
      expect(line).not.toContain('PORT');
    }),
  );

  it(
    'answers no foreign host, and writes nothing for another site',
    showing(async () => {
      const { host } = new URL(server.address);
      const { Cookie } = await server.api.signedIn();
      const ask = (method: string, headers: Record<string, string>) =>
        rawRequest(server.address, { method, path: '/api/streamers', headers: { Cookie, ...headers } });
      for (const foreign of ['evil.example', 'evil.example:80', '127.0.0.1.evil.example', 'localhost.evil.example']) {
        const { status, headers, bytes } = await ask('GET', { Host: foreign });
        expect([foreign, status]).toEqual([foreign, 403]);
        expect(headers['content-type']).toContain('application/problem+json');
        expect(JSON.parse(bytes.toString())).toMatchObject({ code: 'request.foreign-host' });
      }
      for (const own of [host, `localhost:${new URL(server.address).port}`, '[::1]:80', '127.0.0.1', '192.168.1.4'])
        expect([own, (await ask('GET', { Host: own })).status]).toEqual([own, 200]);
      for (const headers of [
        { Host: host, Origin: 'http://evil.example' },
        { Host: host, Origin: 'null' },
        { Host: host, Origin: 'http://127.0.0.1:1' },
        { Host: host, 'Sec-Fetch-Site': 'cross-site' },
        { Host: host, 'Sec-Fetch-Site': 'same-site' },
        { Host: host },
      ]) {
        const { status, bytes } = await ask('POST', headers);
        expect([headers, status]).toEqual([headers, 403]);
        expect(JSON.parse(bytes.toString())).toMatchObject({ code: 'request.cross-site' });
      }
      const read = await ask('GET', { Host: host, Origin: 'http://evil.example' });
      expect([read.status, read.headers['access-control-allow-origin']]).toEqual([403, undefined]);
      const own = await ask('POST', { Host: host, Origin: `http://${host}`, 'Content-Type': 'application/json' });
      expect(own.status).toBe(400);
      expect((await server.api.streamers()).items).toEqual([]);
    }),
  );

  it(
    'reports what it runs with',
    showing(async () => {
      const { checks, version } = await server.api.health();
      expect(version).toMatch(/^\d+\.\d+\.\d+/);
      expect(Object.keys(checks)).toEqual(
        expect.arrayContaining(['eventStore', 'readModels', 'disk', 'ffmpeg', 'ffprobe', 'recorder']),
      );
      expect(await server.api.warnings()).toEqual([]);
      expect(checks['ffmpeg']?.detail).toMatch(/\d/);
      const metrics = await (await server.api.fetch('/metrics')).text();
      expect(metrics).toMatch(/^# HELP /m);
      expect(metrics).toContain('streamvault_');
    }),
  );

  it(
    'goes on when another is started on its folder, which refuses',
    showing(async () => {
      expect(await refusal(world, { DATA_DIR: server.dataDirectory })).toMatch(/another|already|in use/i);
      expect(await server.api.warnings()).toEqual([]);
      expect((await server.api.addStreamer({ url: 'http://127.0.0.1:9/1.m3u8' })).id).toBe(1);
    }),
  );
});
