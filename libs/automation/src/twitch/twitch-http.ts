import { setTimeout as delay } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { TwitchFailure } from './twitch-errors.js';

export interface TwitchRequest {
  readonly method?: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly headers?: Readonly<Record<string, string>>;
  readonly form?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly signal: AbortSignal;
}

export interface TwitchAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed; undefined if it was empty or not JSON. */
  readonly body: unknown;
}

/** More than any page of a hundred streams. */
const largestAnswer = 4 << 20;
const timeoutMilliseconds = 10_000;

/** Requests to Twitch over kept-alive connections. */
export class TwitchHttp {
  readonly #agent = new Agent({
    connections: 4,
    // Bursts share connections; an idle one may just be closing at the other end.
    keepAliveTimeout: 1000,
    keepAliveMaxTimeout: 1000,
    connect: { timeout: timeoutMilliseconds },
    headersTimeout: timeoutMilliseconds,
    bodyTimeout: timeoutMilliseconds,
  });

  /** @throws TwitchFailure `away`, or the signal's reason */
  async send(
    url: string | URL,
    { method = 'GET', headers = {}, form, json, signal }: TwitchRequest,
  ): Promise<TwitchAnswer> {
    const body = form ? new URLSearchParams({ ...form }).toString() : json === undefined ? null : JSON.stringify(json);
    const type = form ? 'application/x-www-form-urlencoded' : 'application/json';
    const within = AbortSignal.any([signal, AbortSignal.timeout(2 * timeoutMilliseconds)]);
    try {
      const answer = await request(url, {
        method,
        headers: { ...headers, ...(body !== null && { 'Content-Type': type }) },
        body,
        dispatcher: this.#agent,
        signal: within,
      });
      return { status: answer.statusCode, headers: answer.headers, body: await readJson(answer.body) };
    } catch (error) {
      signal.throwIfAborted();
      const { host } = new URL(url);
      throw new TwitchFailure('away', `${host} does not answer. StreamVault retries.`, 0, undefined, {
        cause: error,
      });
    }
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

async function readJson(body: AsyncIterable<Buffer>): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > largestAnswer) throw new Error('The answer is larger than any answer of Twitch’s.');
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown;
  } catch {
    // Nothing at all, or the page of a proxy in between.
    return undefined;
  }
}

/** Waits; ends early, with the signal's reason, when it aborts. */
export async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await delay(milliseconds, undefined, { signal }).catch(() => signal.throwIfAborted());
}
