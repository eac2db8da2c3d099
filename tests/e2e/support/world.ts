import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, jest } from '@jest/globals';
import { LiveOrigin, type LiveOriginOptions } from '../../live-origin/live-origin.js';
import { SmallDisk } from './small-disk.js';
import { StreamVault } from './stream-vault.js';
import { VanishingDisk } from './vanishing-disk.js';

const artifacts = fileURLToPath(new URL('../../../artifacts/e2e/', import.meta.url));
/** Servers, ffmpeg and a browser on a busy machine: a limit against hanging, not an expectation. */
jest.setTimeout(180_000);

const shownLines = 40;
const shortened = (line: string) => (line.length > 500 ? `${line.slice(0, 500)}…` : line);

/** The environment of a test, removed when the test is over. */
export class World {
  readonly #installations: StreamVault[] = [];
  readonly #origins: LiveOrigin[] = [];
  readonly #directories: string[] = [];
  readonly #disks: { close(): Promise<void> }[] = [];

  /** A running server with its own folder. */
  async server(settings: Readonly<Record<string, string>> = {}): Promise<StreamVault> {
    const server = await this.installation(settings);
    await server.start();
    return server;
  }

  /** The same, not started. */
  async installation(settings: Readonly<Record<string, string>> = {}): Promise<StreamVault> {
    const installation = new StreamVault(await this.directory(), settings);
    this.#installations.push(installation);
    return installation;
  }

  /** The server that answers there. */
  serverAt(address: string): StreamVault | undefined {
    return this.#installations.find((installation) => installation.isAt(address));
  }

  async origin(options: LiveOriginOptions = {}): Promise<LiveOrigin> {
    const origin = await LiveOrigin.start(options);
    this.#origins.push(origin);
    return origin;
  }

  /** A separate small disk. */
  async disk(megabytes: number): Promise<SmallDisk> {
    const disk = await SmallDisk.make(path.join(await this.directory(), 'disk'), megabytes);
    this.#disks.push(disk);
    return disk;
  }

  /** A disk that can be removed and brought back with its content; only if mounts are possible. */
  async vanishingDisk(place: string): Promise<VanishingDisk> {
    const disk = await VanishingDisk.mount(path.join(await this.directory(), 'device'), place);
    this.#disks.push(disk);
    return disk;
  }

  async directory(): Promise<string> {
    const directory = await mkdtemp(path.join(tmpdir(), 'streamvault-e2e-'));
    this.#directories.push(directory);
    return directory;
  }

  /** Requests that ended as a 500, by the servers' logs. There must be none, whatever a test is about. */
  get defects(): string[] {
    return this.#installations.flatMap(({ logLines }) =>
      logLines.filter(({ msg }) => msg === 'A request failed').map((line) => JSON.stringify(line)),
    );
  }

  async close(): Promise<void> {
    await Promise.all(this.#installations.map((installation) => installation.close()));
    await Promise.all(this.#origins.map((origin) => origin.close()));
    for (const disk of this.#disks) await disk.close();
    for (const directory of this.#directories)
      await rm(directory, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }

  /** The error with the end of every server's log; the whole logs are kept. */
  async explain(error: unknown): Promise<Error> {
    const name = (expect.getState().currentTestName ?? 'outside of any test')
      .replaceAll(/[^a-z0-9]+/gi, '-')
      .slice(0, 150);
    await mkdir(artifacts, { recursive: true });
    const logs: string[] = [];
    for (const [index, { log }] of this.#installations.entries()) {
      const file = path.join(artifacts, `${name}.${index + 1}.log`);
      await writeFile(file, log);
      logs.push(`--- the end of ${file}`, ...log.trimEnd().split('\n').slice(-shownLines).map(shortened));
    }
    const explained = error instanceof Error ? error : new Error(String(error));
    // Jest prints the stack, which contains the original message.
    explained.stack = `${explained.stack ?? ''}\n${logs.join('\n')}`;
    return explained;
  }
}

/** A test in its own world; if it fails, the servers' logs are shown. */
export const inWorld = (test: (world: World) => Promise<void>) => async (): Promise<void> => {
  const world = new World();
  try {
    await inThis(world, () => test(world));
  } finally {
    await world.close();
  }
};

/** For a world that several tests share. */
export async function inThis<Result>(world: World, test: () => Promise<Result>): Promise<Result> {
  try {
    const result = await test();
    expect(world.defects).toEqual([]);
    return result;
  } catch (error) {
    throw await world.explain(error);
  }
}
