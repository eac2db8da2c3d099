import { problem } from './problem.js';
import { randomUUID } from 'node:crypto';
import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What Node's parser refuses before there is a request for a route. */
const MEANINGS: Readonly<Record<string, readonly [status: number, code: string, detail: string]>> = {
  HPE_HEADER_OVERFLOW: [431, 'request.headers-too-large', 'The headers of the request are too large.'],
  HPE_CHUNK_EXTENSIONS_OVERFLOW: [413, 'request.too-large', 'The extensions of a chunk are too large.'],
  ERR_HTTP_REQUEST_TIMEOUT: [408, 'request.timeout', 'The request took too long to come. Send it again, all at once.'],
};

const MALFORMED = [400, 'request.malformed', 'This is not a readable HTTP request.'] as const;

/** Answers what is not a request with a problem document, and closes the connection. */
export class ClientErrors {
  /** The newest answer on each connection. */
  readonly #answers = new WeakMap<Socket, ServerResponse>();

  watch(server: Server): void {
    server.on('request', ({ socket }, answer) => this.#answers.set(socket, answer));
  }

  answer(error: Error & { readonly code?: string }, socket: Socket): void {
    // It went away itself, or is in the middle of another answer.
    if (error.code === 'ECONNRESET' || socket.destroyed || !socket.writable || this.#isAnswering(socket)) {
      socket.destroy();
      return;
    }
    const [status, code, detail] = MEANINGS[error.code ?? ''] ?? MALFORMED;
    const told = problem(status, code, detail, 'about:blank');
    const body = JSON.stringify(told);
    const head = [
      `HTTP/1.1 ${status} ${told.title}`,
      'Content-Type: application/problem+json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      `X-Correlation-Id: ${randomUUID()}`,
      'X-Content-Type-Options: nosniff',
      'Connection: close',
    ];
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`, () => socket.destroySoon());
  }

  #isAnswering(socket: Socket): boolean {
    const answer = this.#answers.get(socket);
    return answer !== undefined && answer.headersSent && !answer.writableFinished;
  }
}
