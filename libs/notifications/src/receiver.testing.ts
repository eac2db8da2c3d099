import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly raw: Buffer;
}

/** What the receiver does with one request. */
export type Reply =
  | { readonly status: number; readonly headers?: Record<string, string>; readonly text?: string }
  /** Never answers. */
  | 'hang'
  /** Ends the connection without an answer. */
  | 'drop';

/**
 * A receiver of notices on this machine, which answers as it is told, request by request, and then accepts everything.
 */
export class Receiver {
  readonly got: Received[] = [];
  readonly replies: Reply[] = [];
  #onRequest: (() => void) | undefined;
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const raw = Buffer.concat(chunks);
        this.got.push({ path: request.url ?? '', headers: request.headers, body: raw.toString('utf8'), raw });
        reply(response, this.replies.shift() ?? { status: 200, text: 'ok' });
        this.#onRequest?.();
      });
    });
  }

  static async start(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.#server.listen(0, '127.0.0.1');
    await once(receiver.#server, 'listening');
    return receiver;
  }

  get origin(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Settles with the next request that arrives. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#onRequest = resolve;
    });
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

function reply(response: ServerResponse, what: Reply): void {
  if (what === 'hang') return;
  if (what === 'drop') {
    response.socket?.destroy();
    return;
  }
  response.writeHead(what.status, what.headers);
  response.end(what.text ?? '');
}
