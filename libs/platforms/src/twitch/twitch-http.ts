import { AnswerTooLarge, ask, type Answer } from '@streamvault/network';
import type { Connections } from '@streamvault/network';
import { ProxyFailure } from '@streamvault/network';
import { SourceUnavailable } from '../source-unavailable.js';

export interface Request {
  readonly headers: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface Way {
  readonly connections: Connections;
  /** In the form of CaptureSource. */
  readonly proxies: readonly string[] | undefined;
  readonly timeoutSeconds: number;
  readonly signal: AbortSignal;
}

/**
 * One request to Twitch's own services, whose addresses come from settings and not from a user.
 * @throws SourceUnavailable for failures on the way, or the signal's reason
 */
export async function askTwitch(
  address: string,
  { headers, body }: Request,
  { connections, proxies, timeoutSeconds, signal }: Way,
): Promise<Answer> {
  const url = new URL(address);
  const { host } = url;
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    return await ask(connections, {
      url,
      proxies,
      from: 'given',
      headers: { ...headers, ...(body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal: AbortSignal.any([signal, late]),
    });
  } catch (error) {
    signal.throwIfAborted();
    const cause = { cause: error };
    if (error instanceof ProxyFailure) throw new SourceUnavailable('proxy-failed', error.message, cause);
    if (error instanceof AnswerTooLarge)
      throw new SourceUnavailable('query-changed', `${host} sends more than an answer can contain.`, cause);
    if (late.aborted)
      throw new SourceUnavailable('timeout', `${host} did not answer within ${timeoutSeconds} s.`, cause);
    throw new SourceUnavailable(
      'unreachable',
      `${host} cannot be reached. Check the network and its name servers.`,
      cause,
    );
  }
}
