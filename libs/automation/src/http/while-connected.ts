import type { FastifyRequest } from 'fastify';

const longestMilliseconds = 30_000;

export class ClientGone extends Error {
  override readonly name = 'ClientGone';
}

/** Whether an answer was given up here: somebody left, or it took too long. */
export const isGivenUp = (error: unknown): boolean =>
  error instanceof ClientGone || (error instanceof DOMException && error.name === 'TimeoutError');

/** Nobody is asked for a client that has gone. */
export function whileConnected({ socket }: FastifyRequest): AbortSignal {
  const gone = new AbortController();
  const leave = (): void => gone.abort(new ClientGone('The client is gone.'));
  socket.once('close', leave);
  return AbortSignal.any([gone.signal, AbortSignal.timeout(longestMilliseconds)]);
}
