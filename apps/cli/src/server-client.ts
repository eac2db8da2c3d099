import type { Command } from 'commander';
import { CliFailure } from './cli-failure.js';
import type { CommandContext } from './command-context.js';

const answerMilliseconds = 10_000;

export type Answer = Readonly<Record<string, unknown>>;

/** Adds `--server`, which says where the running server listens. */
export function withServer(definition: Command): Command {
  const port = process.env['PORT']?.trim() || '8000';
  const address = process.env['STREAMVAULT_URL']?.trim() || `http://127.0.0.1:${port}`;
  return definition.option('--server <url>', 'where the server listens (or STREAMVAULT_URL)', address);
}

export interface Question {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  /** What a key must allow, for the message where there is none. */
  readonly scopes: string;
}

/** Asks the running server. @throws CliFailure with the server's own words and code */
export async function ask(
  { settings, signal }: Pick<CommandContext, 'settings' | 'signal'>,
  server: string | undefined,
  question: Question,
): Promise<Answer> {
  const response = await reach(settings.apiKey, server, question, signal);
  const body: unknown = await response.json().catch(() => undefined);
  const answer: Answer = isObject(body) ? body : {};
  if (response.ok) return answer;
  const code = typeof answer['code'] === 'string' ? answer['code'] : 'server-refused';
  if (response.status === 401)
    throw new CliFailure(
      `The server requires a sign-in. Make an API key with the scopes ${question.scopes} in the console (Account, API keys), and put it into STREAMVAULT_API_KEY.`,
      code,
    );
  throw new CliFailure(
    typeof answer['detail'] === 'string' ? answer['detail'] : `It answered ${response.status}.`,
    code,
  );
}

/** All items of a list, page by page. */
export async function askForAll(
  context: Pick<CommandContext, 'settings' | 'signal'>,
  server: string | undefined,
  question: Question,
  most = Infinity,
): Promise<readonly Answer[]> {
  const items: Answer[] = [];
  let cursor: string | undefined;
  do {
    const limit = Math.min(200, most - items.length);
    const query = `${question.path.includes('?') ? '&' : '?'}limit=${limit}${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`;
    const page = await ask(context, server, { ...question, path: question.path + query });
    items.push(...listOf(page));
    cursor = typeof page['nextCursor'] === 'string' ? page['nextCursor'] : undefined;
  } while (cursor !== undefined && items.length < most);
  return items;
}

export const listOf = (page: Answer): readonly Answer[] =>
  Array.isArray(page['items']) ? page['items'].filter((item) => isObject(item)) : [];

async function reach(
  apiKey: string | undefined,
  server: string | undefined,
  { method = 'GET', path, body }: Question,
  signal: AbortSignal,
): Promise<Response> {
  let url: URL;
  try {
    url = new URL(path, server);
  } catch {
    throw new CliFailure('--server must be an http or https address.', 'server-address');
  }
  try {
    return await fetch(url, {
      method,
      headers: {
        ...(apiKey !== undefined && { Authorization: `Bearer ${apiKey}` }),
        ...(body && { 'Content-Type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
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

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

/** Columns under each other, as wide as they need to be. */
export function columns(rows: readonly (readonly string[])[]): readonly string[] {
  const widths: number[] = [];
  for (const row of rows) for (const [at, text] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, text.length);
  return rows.map((row) =>
    row
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

export function textOf(value: unknown): string {
  if (value === null || value === undefined) return '-';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
