import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export type Page = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server whose pages a test sets by path; anything else is missing. */
export class PageServer {
  readonly pages: Record<string, Page> = {};
  /** Paths that were requested, in order. */
  readonly asked: string[] = [];
  #server: Server | undefined;

  async open(): Promise<void> {
    this.#server = createServer((request, response) => {
      const { pathname } = new URL(request.url ?? '/', 'http://x');
      this.asked.push(pathname);
      const page = this.pages[pathname];
      if (page) page(request, response);
      else response.writeHead(404).end();
    });
    await new Promise<void>((resolve) => this.#server?.listen(0, '127.0.0.1', resolve));
  }

  /** Serves a body at a path. */
  put(path: string, body: string | Uint8Array): void {
    this.pages[path] = (_, response) => response.end(body);
  }

  address(path: string): string {
    if (this.#server === undefined) throw new Error('The server is not open');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}${path}`;
  }

  async close(): Promise<void> {
    const server = this.#server;
    if (server === undefined) return;
    const closed = new Promise((resolve) => server.close(resolve));
    server.closeAllConnections();
    await closed;
  }
}

/** A playlist of a broadcast that has ended: the head's lines, then those of each one-second segment. */
export function overPlaylist(head: readonly string[], segments: readonly (readonly string[])[]): string {
  const lines = ['#EXTM3U', '#EXT-X-VERSION:7', '#EXT-X-TARGETDURATION:1', ...head];
  for (const segment of segments) lines.push(...segment.slice(0, -1), '#EXTINF:1.000,', ...segment.slice(-1));
  return [...lines, '#EXT-X-ENDLIST', ''].join('\n');
}
