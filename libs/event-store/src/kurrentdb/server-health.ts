import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Connection } from './connection.js';
import type { KurrentDbHost } from './connection-settings.js';

const TIMEOUT_MS = 3_000;

/**
 * The server's own statement: `GET /health/live` is 204 when it is ready and 503 while it is not. It needs no user. In
 * a cluster one node is enough; the client finds the leader.
 * @returns the problem, undefined if there is none
 */
export async function livenessProblem(connection: Connection): Promise<ServerProblem | undefined> {
  const answers = await Promise.all(connection.settings.hosts.map((host) => ask(connection, host)));
  const live = answers.filter((answer) => typeof answer === 'object' && answer.status < 500);
  if (live.length > 0) return clockProblem(connection, live);
  const [answer] = answers;
  const text =
    typeof answer === 'object' ? `is not ready (HTTP ${answer.status})` : `cannot be reached (${answer ?? 'no host'})`;
  return { kind: 'down', text };
}

export interface ServerProblem {
  readonly kind: 'down' | 'warn';
  /** The text after "KurrentDB at … ". */
  readonly text: string;
}

interface Answer {
  readonly status: number;
  /** How many seconds the server's clock is ahead of ours. */
  readonly aheadSeconds: number;
}

/** An append names the instant by which it needs its answer, by our clock; the server compares that with its own. */
function clockProblem({ settings }: Connection, answers: readonly (Answer | string)[]): ServerProblem | undefined {
  const ahead = Math.max(...answers.map((answer) => (typeof answer === 'object' ? answer.aheadSeconds : 0)));
  if (ahead * 1000 < settings.defaultDeadline / 2) return undefined;
  const text =
    `has a clock that is ${Math.round(ahead)} s ahead of this machine's. Appends that are not answered within ` +
    `${settings.defaultDeadline / 1000} s by its clock are refused: set both clocks by NTP`;
  return { kind: 'warn', text };
}

function ask({ settings, tls }: Connection, { address, port }: KurrentDbHost): Promise<Answer | string> {
  const { promise, resolve } = Promise.withResolvers<Answer | string>();
  const options = { host: address, port, path: '/health/live', timeout: TIMEOUT_MS, agent: false as const };
  const request = settings.tls
    ? httpsRequest({ ...options, ca: tls.rootCertificate, cert: tls.userCertFile, key: tls.userKeyFile })
    : httpRequest(options);
  request.on('response', (response) => {
    response.resume();
    const date = Date.parse(response.headers.date ?? '');
    resolve({
      status: response.statusCode ?? 0,
      aheadSeconds: Number.isNaN(date) ? 0 : (date - Date.now()) / 1000,
    });
  });
  request.on('timeout', () => request.destroy(new Error(`no answer for ${TIMEOUT_MS / 1000} s`)));
  request.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  request.end();
  return promise;
}
