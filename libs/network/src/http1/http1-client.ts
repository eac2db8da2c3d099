import type { buildConnector } from 'undici';
import { bareHost } from '../address-class.js';
import type { AnswerHandler } from './answer-handler.js';
import { FIELD_VALUE, TOKEN } from './answer-head.js';
import { Http1Connection, type AnswerTimeouts } from './http1-connection.js';

export interface Http1Request {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
}

const KEEP_MS = 30_000;
/** A server closes when it says; a request that is being sent then would be lost. */
const KEEP_MARGIN_MS = 1000;
const CHECK_MS = 500;

/**
 * GET over kept-alive connections of HTTP/1.1, received directly into the handler's memory. A recorder does two things
 * with a body: check it and write it. With a general client, each piece is copied twice before that, and passes through
 * a stream, a parser and several queues.
 */
export class Http1Client {
  /** Last in, first out, so that connections that are not needed expire. */
  readonly #idle = new Map<string, { readonly connection: Http1Connection; readonly untilMs: number }[]>();
  readonly #busy = new Set<Http1Connection>();
  #checking: NodeJS.Timeout | undefined;
  #closed = false;

  /** @param connect must have its sockets read with `onread` of http1-connection.ts */
  constructor(
    private readonly connect: buildConnector.connector,
    private readonly timeouts: AnswerTimeouts,
  ) {}

  /** @param refused called instead of the handler if the server speaks another protocol, or none */
  send(request: Http1Request, handler: AnswerHandler, refused: (error: Error) => void): void {
    const { url } = request;
    let text: string;
    try {
      text = textOf(request);
    } catch (error) {
      handler.onResponseError(undefined, error as Error);
      return;
    }
    const kept = this.#takeIdle(url.origin);
    const dial = (): void => this.#dial(url, text, handler, refused);
    if (kept === undefined) dial();
    else this.#ask(kept, text, handler, dial);
  }

  #dial(url: URL, text: string, handler: AnswerHandler, refused: (error: Error) => void): void {
    const { protocol, host, port } = url;
    this.connect({ protocol, host, hostname: bareHost(url.hostname), port }, (error, socket) => {
      if (error !== null) return refused(error);
      const connection = new Http1Connection(socket, (over, keepSeconds) => this.#over(url.origin, over, keepSeconds));
      if (this.#closed) socket.destroy(new Error('The client was closed'));
      this.#ask(connection, text, handler);
    });
  }

  #ask(connection: Http1Connection, text: string, handler: AnswerHandler, again?: () => void): void {
    this.#busy.add(connection);
    // A request that waits for an answer keeps the process alive by itself.
    this.#checking ??= setInterval(() => this.#check(), CHECK_MS).unref();
    connection.send(text, handler, again);
  }

  #takeIdle(origin: string): Http1Connection | undefined {
    const idle = this.#idle.get(origin) ?? [];
    const now = Date.now();
    for (let last = idle.pop(); last !== undefined; last = idle.pop()) {
      if (last.connection.usable && last.untilMs > now) return last.connection;
      last.connection.socket.destroy();
    }
    return undefined;
  }

  #over(origin: string, connection: Http1Connection, keepSeconds: number | undefined): void {
    this.#busy.delete(connection);
    if (!connection.usable || this.#closed) {
      connection.socket.destroy();
      return;
    }
    const keepMs = Math.min(KEEP_MS, keepSeconds === undefined ? Infinity : keepSeconds * 1000 - KEEP_MARGIN_MS);
    const idle = this.#idle.get(origin) ?? [];
    idle.push({ connection, untilMs: Date.now() + keepMs });
    this.#idle.set(origin, idle);
    // An idle connection must not keep the process alive.
    connection.socket.unref();
  }

  #check(): void {
    const now = Date.now();
    for (const connection of this.#busy) connection.check(now, this.timeouts);
    for (const [origin, idle] of this.#idle) {
      const kept = idle.filter(({ connection, untilMs }) => {
        if (untilMs > now && connection.usable) return true;
        connection.socket.destroy();
        return false;
      });
      if (kept.length > 0) this.#idle.set(origin, kept);
      else this.#idle.delete(origin);
    }
    if (this.#busy.size > 0 || this.#idle.size > 0) return;
    clearInterval(this.#checking);
    this.#checking = undefined;
  }

  /** Aborts all requests. */
  close(): void {
    this.#closed = true;
    clearInterval(this.#checking);
    const idle = [...this.#idle.values()].flat().map(({ connection }) => connection);
    this.#idle.clear();
    for (const { socket } of [...this.#busy, ...idle]) socket.destroy(new Error('The client was closed'));
  }
}

function textOf({ url, headers }: Http1Request): string {
  const lines = [`GET ${url.pathname}${url.search} HTTP/1.1`, `host: ${url.host}`];
  for (const [name, value] of Object.entries(headers)) {
    if (!TOKEN.test(name) || !FIELD_VALUE.test(value))
      throw new Error(`the header ${name.slice(0, 50)} cannot be sent`);
    lines.push(`${name}: ${value}`);
  }
  return `${lines.join('\r\n')}\r\n\r\n`;
}
