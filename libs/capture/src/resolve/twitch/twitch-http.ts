import { SourceUnavailable } from '../source-unavailable.js';

export interface Answer {
  readonly status: number;
  readonly text: string;
}

const LARGEST = 1 << 20;

/**
 * One request to Twitch's own services, whose addresses are settings and no user's.
 * @throws SourceUnavailable for trouble on the way, or the signal's reason
 */
export async function ask(
  address: string,
  request: { readonly headers: Readonly<Record<string, string>>; readonly body?: unknown },
  { timeoutSeconds, signal }: { readonly timeoutSeconds: number; readonly signal: AbortSignal },
): Promise<Answer> {
  const { host } = new URL(address);
  const late = AbortSignal.timeout(timeoutSeconds * 1000);
  try {
    const answer = await fetch(address, {
      redirect: 'error',
      signal: AbortSignal.any([signal, late]),
      method: request.body === undefined ? 'GET' : 'POST',
      headers: { ...request.headers, ...(request.body !== undefined && { 'Content-Type': 'application/json' }) },
      ...(request.body !== undefined && { body: JSON.stringify(request.body) }),
    });
    return { status: answer.status, text: await textOf(answer, host) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof SourceUnavailable) throw error;
    if (late.aborted)
      throw new SourceUnavailable('timeout', `${host} did not answer within ${timeoutSeconds} s.`, { cause: error });
    throw new SourceUnavailable('unreachable', `${host} cannot be reached. Check the network and its name servers.`, {
      cause: error,
    });
  }
}

async function textOf(answer: Response, host: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of answer.body ?? []) {
    bytes += chunk.length;
    if (bytes > LARGEST) throw new SourceUnavailable('query-changed', `${host} sends more than an answer could be.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
