import { Command } from 'commander';
import { setTimeout as delay } from 'node:timers/promises';
import { CliFailure } from '../cli-failure.js';
import { command, type CommandContext } from '../command-context.js';

/** The fields of the server's answer that these commands read, `GET /api/audit/projections`. */
interface Projection {
  readonly name: string;
  readonly version: number;
  readonly state: string;
  readonly position: string | null;
  readonly lagSeconds: number;
  readonly error: string | null;
  readonly rebuild: {
    readonly state: string;
    readonly startedAt: string;
    readonly progress: number | null;
    readonly remainingSeconds: number | null;
    readonly error: string | null;
  } | null;
}

const path = '/api/audit/projections';
const pollMilliseconds = 500;
const answerMilliseconds = 10_000;

const list = command(
  withServer(new Command('list').description('show the read models: how far each is, and what stopped it')),
  async ({ settings, signal }, _args, { server }) => {
    const items = await ask({ server, ...settings }, 'GET', path, signal);
    return { json: { ok: true, items }, lines: items.map((item) => line(item)) };
  },
);

const rebuild = command(
  withServer(
    new Command('rebuild')
      .description('rebuild a read model beside the live one, which serves until the new one replaces it')
      .argument('<name>', 'of a read model, or all')
      .option('--no-wait', 'do not wait until it is done'),
  ),
  async (context, [name = ''], { server, wait }) => {
    const asked = await ask(
      { server, ...context.settings },
      'POST',
      `${path}/${encodeURIComponent(name)}/rebuild`,
      context.signal,
    );
    const names = asked.map((item) => item.name);
    // Commander gives a negated option as a boolean.
    if (String(wait) === 'false')
      return { json: { ok: true, started: names }, lines: [`Being rebuilt: ${names.join(', ')}`] };
    await untilRebuilt(names, server, context);
    return { json: { ok: true, rebuilt: names }, lines: [`Rebuilt: ${names.join(', ')}`] };
  },
);

/** To be registered among the commands. */
export const projections = new Command('projections')
  .description('list and rebuild the read models of the running server')
  .addCommand(list)
  .addCommand(rebuild);

function withServer(definition: Command): Command {
  const port = process.env['PORT']?.trim() || '8000';
  return definition.option('--server <url>', 'where the server listens', `http://127.0.0.1:${port}`);
}

async function untilRebuilt(
  names: readonly string[],
  server: string | undefined,
  context: CommandContext,
): Promise<void> {
  const { progress, settings, signal } = context;
  for (;;) {
    const items = (await ask({ server, ...settings }, 'GET', path, signal)).filter(({ name }) => names.includes(name));
    const failed = items.find((item) => item.rebuild?.state === 'failed');
    if (failed)
      throw new CliFailure(`The rebuild of ${failed.name} failed: ${failed.rebuild?.error}`, 'rebuild-failed', {
        items,
      });
    const busy = items.filter((item) => item.rebuild !== null);
    if (busy.length === 0) return;
    const done = items.reduce((sum, item) => sum + (item.rebuild ? (item.rebuild.progress ?? 0) : 1), 0);
    progress.show(`Rebuilding ${busy[0]?.name}`, Math.round((done / items.length) * 100), 100);
    await delay(pollMilliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}

/** Where the server is, and the key for it. */
interface Door {
  readonly server: string | undefined;
  readonly apiKey: string | undefined;
}

async function ask(door: Door, method: string, where: string, signal: AbortSignal): Promise<Projection[]> {
  const response = await reach(door, method, where, signal);
  if (response.status === 401)
    throw new CliFailure(
      'The server requires a sign-in. Make an API key with the scopes audit.view and audit.rebuild in the console, and put it into STREAMVAULT_API_KEY.',
      'request.unauthenticated',
    );
  const body: unknown = await response.json().catch(() => undefined);
  if (!response.ok || !isObject(body) || !Array.isArray(body['items'])) {
    const detail =
      isObject(body) && typeof body['detail'] === 'string' ? body['detail'] : `It answered ${response.status}.`;
    throw new CliFailure(detail, isObject(body) && typeof body['code'] === 'string' ? body['code'] : 'server-refused');
  }
  return body['items'] as Projection[];
}

async function reach({ server, apiKey }: Door, method: string, where: string, signal: AbortSignal): Promise<Response> {
  let url: URL;
  try {
    url = new URL(where, server);
  } catch {
    throw new CliFailure('--server must be an http or https address.', 'server-address');
  }
  try {
    const headers: Record<string, string> = apiKey === undefined ? {} : { Authorization: `Bearer ${apiKey}` };
    return await fetch(url, {
      method,
      headers,
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerMilliseconds)]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const reason = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CliFailure(
      `No server answers at ${url.origin} (${reason}). Start it, or name another one with --server.`,
      'server-away',
      {},
      { cause: error },
    );
  }
}

function line({ error, lagSeconds, name, position, rebuild: under, state, version }: Projection): string {
  const parts = [
    `${name} (version ${version})`,
    state,
    `position ${position ?? '-'}`,
    `lag ${Math.round(lagSeconds)} s`,
  ];
  if (error !== null) parts.push(error);
  if (under) {
    const percent = under.progress === null ? '' : ` ${Math.floor(under.progress * 100)} %`;
    const left = under.remainingSeconds === null ? '' : `, about ${Math.ceil(under.remainingSeconds)} s left`;
    parts.push(`rebuild ${under.state}${percent}${left}${under.error === null ? '' : `: ${under.error}`}`);
  }
  return parts.join(' · ');
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
