import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parseSettings, settingNames, settingsSchema } from '../../apps/server/src/settings/settings.js';

const read = (file: string) => readFileSync(join(import.meta.dirname, '..', '..', file), 'utf8');
const readme = read('README.md');
const dockerfile = read('Dockerfile');
const compose = read('docker-compose.yml');
const example = read('.env.example');

const known = settingNames;
/** The settings table: name, default, meaning; a row may hold two names. */
const rows = [...readme.matchAll(/^\| (`[A-Z_]+`(?:, `[A-Z_]+`)*) +\| (.*?) *\|/gm)].map(([, names, fallback]) => ({
  names: [...names!.matchAll(/[A-Z_]+/g)].map(([name]) => name),
  fallback: fallback!,
}));

/** The lines of one service in the compose file. */
const service = (name: string) => new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)+)`, 'm').exec(compose)![1]!;
const section = (text: string, name: string) =>
  new RegExp(`^    ${name}:\\n((?: {6}.*\\n)+)`, 'm').exec(text)?.[1] ?? '';

const imageSettings = [...dockerfile.matchAll(/^ENV (.*)$/gm)].flatMap(([, line]) => [
  ...line!.matchAll(/([A-Z_]+)=(\S+)/g),
]);
const composeSettings = [...section(service('streamvault'), 'environment').matchAll(/^ {6}([A-Z_]+): '?(.*?)'?$/gm)];
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
    const given = Object.fromEntries([...imageSettings, ...composeSettings].map(([, name, value]) => [name!, value]));
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
    for (const name of ['kurrentdb', 'postgres']) {
      expect(service(name)).not.toMatch(/^ {4}ports:/m);
      expect(service(name)).toMatch(/^ {4}profiles: \[cluster\]$/m);
    }
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
    for (const name of ['streamvault', 'kurrentdb', 'postgres']) {
      expect(service(name)).toMatch(/^ {4}security_opt: \['no-new-privileges:true'\]$/m);
      expect(service(name)).toMatch(/^ {4}mem_limit: \d+g$/m);
      expect(service(name)).toMatch(/^ {4}pids_limit: \d+$/m);
    }
  });

  it('has no well-known password', () => {
    expect(compose).toMatch(/^ {6}POSTGRES_PASSWORD: \$\{POSTGRES_PASSWORD:-\}$/m);
    expect(compose + dockerfile).not.toMatch(/(PASSWORD|SECRET|TOKEN)\w*(: |=)['"]?\w/);
  });

  it('has the command line', () => {
    expect(dockerfile).toMatch(/exec node \/app\/apps\/cli\/dist\/main\.js "\$@".*> \/usr\/local\/bin\/streamvault/);
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
