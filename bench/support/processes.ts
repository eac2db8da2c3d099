import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { get } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { administratorSettings, signIn } from '../../tests/e2e/support/signed-in.js';

const root = join(import.meta.dirname, '..', '..');

const { serverArguments } = (await import(join(root, 'scripts/house.mjs'))) as { serverArguments: readonly string[] };

export const paths = {
  server: join(root, 'apps/server/dist/main.js'),
  console: join(root, 'apps/admin/dist/browser/index.html'),
  origin: join(import.meta.dirname, 'origin.ts'),
  sources: join(import.meta.dirname, 'sources.mjs'),
};

const running = new Set<ChildProcess>();
const endWithinMilliseconds = 15_000;

/**
 * Returns a function to call when a run is over: everything it started ends, and its folder is removed. A signal does
 * the same and ends the program.
 */
export function cleanUpOf(folder: string): () => void {
  const cleanUp = () => {
    endAll();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.once(signal, () => {
      cleanUp();
      process.exit(1);
    });
  return cleanUp;
}

/** Ends everything that is left when the run is over or aborted. */
export function endAll(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** A program that prints `http://…` when it listens. */
export class Service {
  readonly child: ChildProcess;
  /** `performance.now()` right before it was started. */
  readonly startedAt: number;
  readonly address: string;

  #signedIn: Promise<Record<string, string>> | undefined;

  private constructor(child: ChildProcess, startedAt: number, address: string) {
    this.child = child;
    this.startedAt = startedAt;
    this.address = address;
  }

  static async start(args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): Promise<Service> {
    const startedAt = performance.now();
    const child = run(process.execPath, args, cwd, env);
    let said = '';
    const address = await new Promise<string>((resolve, reject) => {
      const take = (chunk: Buffer) => {
        said = (said + chunk.toString()).slice(-20_000);
        const found = /(http:\/\/127\.0\.0\.1:\d+[^\s"]*)["\s]/.exec(said)?.[1];
        if (found !== undefined) resolve(found);
      };
      child.stdout?.on('data', take);
      child.stderr?.on('data', take);
      child.once('close', (code) => reject(new Error(`${args.join(' ')} ended with ${code}:\n${said}`)));
    });
    return new Service(child, startedAt, address);
  }

  /** The built server as with `npm start`, on a free port, with only the necessary environment. */
  static server(dataDirectory: string, env: NodeJS.ProcessEnv = {}): Promise<Service> {
    return Service.start(serverArguments, dataDirectory, {
      HOST: '127.0.0.1',
      PORT: '0',
      DATA_DIR: dataDirectory,
      LOG_FORMAT: 'json',
      ...administratorSettings,
      ...env,
    });
  }

  /** `fetch` for a signed-in user. */
  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    this.#signedIn ??= signIn(this.address);
    const headers = { ...(await this.#signedIn), ...(init.headers as Record<string, string> | undefined) };
    return fetch(this.address + path, { ...init, headers });
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  async json(method: 'GET' | 'POST', path: string, body?: unknown): Promise<unknown> {
    const answer = await this.fetch(path, {
      method,
      ...(body !== undefined && { headers: { 'Content-Type': 'application/json' }, body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answers ${answer.status}: ${text.slice(0, 500)}`);
    return JSON.parse(text);
  }

  stop(): Promise<void> {
    return end(this.child);
  }
}

export function run(program: string, args: readonly string[], cwd: string, env: NodeJS.ProcessEnv = {}): ChildProcess {
  const { PATH, HOME, LIVE_ORIGIN_CACHE } = process.env;
  const child = spawn(program, args, {
    cwd,
    env: { PATH, HOME, LIVE_ORIGIN_CACHE, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  child.once('close', () => running.delete(child));
  return child;
}

/** SIGTERM, then SIGKILL if that has no effect. */
export async function end(child: ChildProcess): Promise<void> {
  if (!running.has(child)) return;
  const closed = once(child, 'close');
  const late = setTimeout(() => child.kill('SIGKILL'), endWithinMilliseconds);
  child.kill('SIGTERM');
  await closed;
  clearTimeout(late);
}

export interface Health {
  readonly status: number;
  /** The content of `checks.projections`. */
  readonly projections: { readonly status?: string; readonly detail?: string };
}

/** One `GET /health` over a separate connection. */
export function health(address: string): Promise<Health> {
  return new Promise((resolve, reject) => {
    const request = get(`${address}/health`, { agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('end', () => {
        const body: { checks?: { projections?: Health['projections'] } } = JSON.parse(text);
        resolve({ status: response.statusCode ?? 0, projections: body.checks?.projections ?? {} });
      });
      response.on('error', reject);
    });
    request.on('error', reject);
  });
}

/** Polls until there is an answer. The caller chooses how often, because polling affects the measurement. */
export async function until<T>(
  what: () => string,
  ask: () => Promise<T | undefined>,
  { seconds, everyMilliseconds }: { readonly seconds: number; readonly everyMilliseconds: number },
): Promise<T> {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > deadline) throw new Error(`Not within ${seconds} s: ${what()}.`);
    await wait(everyMilliseconds);
  }
}
