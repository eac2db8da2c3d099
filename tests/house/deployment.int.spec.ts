import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { openEventStore, parseKurrentDbUrl } from '@streamvault/event-store';
import { KurrentDbStandIn } from '@streamvault/event-store/kurrentdb-testing';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { environmentOf, sectionIn, serviceIn, storesOf } from '../e2e/support/compose-settings.js';
import { contexts } from '@streamvault/contexts';
import { recordSettings } from './record-settings.js';
import { parseSettings, settingNames, settingsSchema } from '../../apps/server/src/settings/settings.js';

if (process.env['SETTINGS'] === 'record') await recordSettings(contexts.settings.map(({ shape }) => shape));

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
const readme = read('README.md');
const dockerfile = read('Dockerfile');
const compose = read('docker-compose.yml');
const example = read('.env.example');
const clusters = [
  { name: 'docker-compose.cluster.yml', nodes: ['kurrentdb'] },
  { name: 'docker-compose.three-nodes.yml', nodes: ['kurrentdb1', 'kurrentdb2', 'kurrentdb3'] },
].map((cluster) => ({ ...cluster, file: read(cluster.name) }));

const known = settingNames;
/** The settings table: name, default, meaning; a row may hold two names. */
const rows = [...readme.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) +\| (.*?) *\|/gm)].map(([, names, fallback]) => ({
  names: [...names!.matchAll(/[A-Z_]+/g)].map(([name]) => name),
  fallback: fallback!,
}));

/** The lines of one service in the compose file. */
const service = (name: string, file = compose) => serviceIn(file, name);
const section = sectionIn;

const imageSettings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) => [
  ...line!.matchAll(/([A-Z_]+)=(\S+)/g),
]);
const exampleSettings = parseEnv(example.replaceAll(/^#(?=[A-Z_]+=)/gm, ''));

describe('the settings', () => {
  it('are all in the README, and nothing there is unknown to the server', () => {
    expect(new Set(rows.flatMap(({ names }) => names))).toEqual(new Set(known));
  });

  it.each(rows.filter(({ fallback }) => /^`[^`:]+`$/.test(fallback) && !fallback.includes('DATA_DIR')))(
    '$names have the default that the README gives: $fallback',
    ({ names, fallback }) => {
      const defaults = settingsSchema.parse({}) as Record<string, unknown>;
      expect(names.map((name) => String(defaults[name]))).toEqual(names.map(() => fallback.replaceAll('`', '')));
    },
  );

  it('are all in .env.example, with values that the server accepts', () => {
    expect(new Set(Object.keys(exampleSettings))).toEqual(new Set(known));
    expect(() => parseSettings(exampleSettings, false)).not.toThrow();
  });

  it('change nothing if .env.example is copied unchanged', () => {
    expect(parseEnv(example)).toEqual({});
  });

  it('of the image and the compose file are known to the server, which starts with them', () => {
    const given = Object.fromEntries(
      imageSettings.map(([, name, value]) => [name!, value]).concat(Object.entries(environmentOf(compose))),
    );
    const { NODE_ENV: nodeEnvironment, ...settings } = given;
    expect(nodeEnvironment).toBe('production');
    expect(known).toEqual(expect.arrayContaining(Object.keys(settings)));
    expect(parseSettings(settings, false)).toMatchObject({
      host: '0.0.0.0',
      dataDirectory: '/data',
    });
  });
});

describe('the container', () => {
  it('is not open by itself: the image leaves the decision to its user, the compose file publishes to loopback', () => {
    for (const secret of ['ADMIN_NAME', 'ADMIN_PASSWORD'])
      expect(imageSettings.map(([, name]) => name)).not.toContain(secret);
    const published = [...section(service('streamvault'), 'ports').matchAll(/^ {6}- '?(.*?)'?$/gm)].map(
      ([, port]) => port,
    );
    expect(published).toEqual(['127.0.0.1:8000:8000']);
    for (const { file } of clusters) expect(file).not.toMatch(/^ {4}ports:/m);
  });

  it('runs as an ordinary user, keeps its data in a volume, and is stopped by a signal that the server handles', () => {
    const last = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));
    expect(last).toMatch(/^USER node$/m);
    expect(last).toMatch(/^VOLUME \/data$/m);
    expect(last).toMatch(/^STOPSIGNAL SIGTERM$/m);
    // As a list: a shell in between would swallow the signal.
    expect(last).toMatch(/^CMD \["node", "--v8-pool-size=1", "apps\/server\/dist\/main.js"\]$/m);
    expect(service('streamvault')).toMatch(/^ {4}stop_grace_period: 30s$/m);
    expect(service('streamvault')).toMatch(/^ {4}init: true$/m);
    expect(service('streamvault')).toMatch(/^ {4}restart: unless-stopped$/m);
  });

  it('may do no more than necessary: its disk is read-only, it has no root rights, and there are limits', () => {
    const text = service('streamvault');
    expect(text).toMatch(/^ {4}read_only: true$/m);
    expect(text).toMatch(/^ {4}cap_drop: \[ALL\]$/m);
    expect(section(text, 'tmpfs')).toMatch(/\/tmp/);
    expect(section(text, 'volumes')).toMatch(/^ {6}- data:\/data$/m);
    const services = [service('streamvault')];
    for (const { file, nodes } of clusters) services.push(...[...nodes, 'postgres'].map((name) => service(name, file)));
    for (const one of services) {
      expect(one).toMatch(/^ {4}security_opt: \['no-new-privileges:true'\]$/m);
      expect(one).toMatch(/^ {4}mem_limit: \d+g$/m);
      expect(one).toMatch(/^ {4}pids_limit: \d+$/m);
    }
  });

  it('has no well-known password', () => {
    for (const { file } of clusters)
      expect(service('postgres', file)).toMatch(/^ {6}POSTGRES_PASSWORD: \$\{POSTGRES_PASSWORD:\?.*\}$/m);
    expect(compose + dockerfile).not.toMatch(/(PASSWORD|SECRET|TOKEN)\w*(: |=)['"]?\w/);
  });

  it('names images by exact versions', () => {
    const named = [...[compose, ...clusters.map(({ file }) => file)].join('\n').matchAll(/^ {4}image: (.*)$/gm)];
    for (const [, image] of named.filter(([, name]) => name !== 'streamvault'))
      expect(image).toMatch(/:\d+\.\d+(\.\d+)?\b/);
    expect(dockerfile).toMatch(/^ARG NODE_IMAGE=node:\d+\.\d+\.\d+-/m);
  });

  it.each(clusters)('uses the stores that $name starts, by addresses that the server takes', ({ file, nodes }) => {
    const settings = Object.fromEntries(
      Object.entries(environmentOf(file)).map(([name, value]) => [
        name,
        value.replace(/\$\{POSTGRES_PASSWORD:\?[^}]*\}/, 'secret'),
      ]),
    );
    expect(Object.keys(settings)).toEqual(['EVENT_STORE_URL', 'DATABASE_URL']);
    const { eventStoreUrl, databaseUrl } = parseSettings(settings, false);
    expect(parseKurrentDbUrl(eventStoreUrl)).toBeDefined();
    expect(/\/\/([^?]*)/.exec(eventStoreUrl)![1]!.split(',')).toEqual(nodes.map((name) => `${name}:2113`));
    expect(new URL(databaseUrl)).toMatchObject({
      protocol: 'postgresql:',
      host: 'postgres:5432',
      username: 'streamvault',
    });
    for (const name of nodes) {
      const node = section(service(name, file), 'environment');
      expect(node).toContain(`KURRENTDB_CLUSTER_SIZE: '${nodes.length}'`);
      const seeds = /KURRENTDB_GOSSIP_SEED: (.*)/.exec(node)?.[1]?.split(',') ?? [];
      expect(seeds).toEqual(nodes.filter((other) => other !== name).map((other) => `${other}:2113`));
    }
  });

  it.each(clusters)('stores events by the address in $name, with its nodes at other places', async ({ name }) => {
    const standIn = await KurrentDbStandIn.start();
    try {
      // The nodes are one server here, which is all of them and their leader.
      const { EVENT_STORE_URL: url } = storesOf(name, new URL(standIn.url).host, { host: 'localhost', password: 'x' });
      const store = await openEventStore(url);
      const metadata = { $correlationId: 'c', $causationId: 'c', actor: 'test' };
      const event = { id: randomUUID(), type: 'Noted', version: 1, data: { said: name }, metadata };
      await store.append('note-1', [event], 'no_stream');
      const read: unknown[] = [];
      for await (const { data } of store.readStream('note-1')) read.push(data);
      expect(read).toEqual([event.data]);
      await store.close();
    } finally {
      await standIn.kill();
    }
  });

  it('has the command line', () => {
    expect(dockerfile).toMatch(/exec node \/app\/apps\/server\/dist\/cli\.js "\$@".*> \/usr\/local\/bin\/streamvault/);
    expect(dockerfile).toMatch(/--workspace apps\/cli /);
  });

  it('runs the server in the same way as `npm start`', () => {
    const [, flags] = /^export const serverArguments = \[(.*), serverProgram\];$/m.exec(read('scripts/house.mjs'))!;
    const [, inContainer] = /^CMD \["node", (.*), "apps\/server\/dist\/main.js"\]$/m.exec(dockerfile)!;
    expect(inContainer!.replaceAll('"', "'")).toBe(flags);
  });
});

describe.each([
  ['the image', (JSON.parse(/^HEALTHCHECK [\s\S]*?CMD (\[.*\])$/m.exec(dockerfile)![1]!) as string[]).slice(1)],
  [
    'the compose file',
    [...section(service('streamvault'), 'healthcheck').matchAll(/^ {8}- (.*)$/gm)].map(([, word]) => word!).slice(2),
  ],
])('the health check of %s', (_of, args) => {
  let server: Server;
  let status = 200;
  let asked: string | undefined;

  beforeAll(async () => {
    server = createServer((request, response) => {
      asked = request.url;
      response.writeHead(status).end('{}');
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterAll(() => {
    server.close();
  });

  async function check(): Promise<number> {
    const port = String((server.address() as AddressInfo).port);
    const moved = args.map((word) => word.replace(':8000/', `:${port}/`));
    const child = spawn(process.execPath, moved, { env: { ...process.env, PORT: port }, stdio: 'ignore' });
    const [code] = (await once(child, 'exit')) as [number];
    return code;
  }

  it.each([
    [200, 0],
    [503, 1],
  ])('turns an answer of %d into %d', async (answer, code) => {
    status = answer;
    expect(await check()).toBe(code);
    expect(asked).toBe('/health');
  });
});
