import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { Connection } from './connection.js';
import type { KurrentDbHost } from './connection-settings.js';

const TIMEOUT_MS = 3_000;

/**
 * What the server says of itself: `GET /health/live` is 204 when it is ready and 503 while it is not. It needs no user. Of a
 * cluster one node suffices: which of them leads, the client finds out.
 *
 * @returns what is wrong, undefined where nothing is
 */
export async function livenessProblem(connection: Connection): Promise<string | undefined> {
  const answers = await Promise.all(connection.settings.hosts.map((host) => ask(connection, host)));
  if (answers.some((answer) => typeof answer === 'number' && answer < 500)) return undefined;
  const [answer] = answers;
  return typeof answer === 'number' ? `is not ready (HTTP ${answer})` : `cannot be reached (${answer ?? 'no host'})`;
}

function ask({ settings, tls }: Connection, { address, port }: KurrentDbHost): Promise<number | string> {
  const { promise, resolve } = Promise.withResolvers<number | string>();
  const options = { host: address, port, path: '/health/live', timeout: TIMEOUT_MS, agent: false as const };
  const request = settings.tls
    ? httpsRequest({ ...options, ca: tls.rootCertificate, cert: tls.userCertFile, key: tls.userKeyFile })
    : httpRequest(options);
  request.on('response', (response) => {
    response.resume();
    resolve(response.statusCode ?? 0);
  });
  request.on('timeout', () => request.destroy(new Error(`no answer for ${TIMEOUT_MS / 1000} s`)));
  request.on('error', (error) => resolve('code' in error ? String(error.code) : error.message));
  request.end();
  return promise;
}
