import { openEventStore, SqliteEventStore, type NewEvent } from '@streamvault/event-store';
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/** Put together of few files, as it runs where it is installed. */
const MAIN = fileURLToPath(new URL('../../server/dist/cli.js', import.meta.url));
/** Of some hundred calls each would compile the same code. */
const NODE_COMPILE_CACHE = fileURLToPath(new URL('../../../node_modules/.cache/built-server', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: () => Record<string, unknown>;
}

/** A folder with a data folder, in which the built command line runs. */
export class Home {
  private constructor(readonly folder: string) {}

  static async with(body: (home: Home) => Promise<void>): Promise<void> {
    const folder = await mkdtemp(join(tmpdir(), 'streamvault-cli-'));
    try {
      await body(new Home(folder));
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  path(...names: string[]): string {
    return join(this.folder, ...names);
  }

  get log(): string {
    return this.path('data', 'events.db');
  }

  /** @param interrupt aborts as Ctrl-C does */
  async run(args: readonly string[], env: NodeJS.ProcessEnv = {}, interrupt?: AbortSignal): Promise<Outcome> {
    const child = spawn(process.execPath, [MAIN, ...args], {
      cwd: this.folder,
      env: { PATH: process.env['PATH'], NODE_COMPILE_CACHE, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    interrupt?.addEventListener('abort', () => child.kill('SIGINT'), { once: true });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
    return { code: code as number | null, stdout, stderr, json: () => JSON.parse(stdout) as Record<string, unknown> };
  }

  /** A log with this many events; the caller closes it. */
  async openLog(events: number): Promise<SqliteEventStore> {
    const store = await openEventStore(`sqlite:${this.log}`);
    // In this order, and without waiting for the disk after each.
    await Promise.all(Array.from({ length: events }, (_, n) => store.append(`note-${n % 5}`, [someEvent(n)], 'any')));
    return store as SqliteEventStore;
  }

  async makeLog(events: number): Promise<void> {
    await (await this.openLog(events)).close();
  }
}

export function someEvent(n: number): NewEvent {
  const metadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'test' };
  return { id: randomUUID(), type: n % 2 === 0 ? 'Noted' : 'Forgotten', version: 1, data: { n }, metadata };
}
