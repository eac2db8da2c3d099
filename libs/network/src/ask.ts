import type { Dispatcher } from 'undici';
import { byRoutes } from './by-routes.js';
import { forwarderOf, type Connections } from './connections.js';
import { DIRECT, routesOf } from './proxy.js';
import type { LedFrom } from './reach.js';
import { refusal } from './tunnel.js';

export interface Question {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** With one it is a POST. */
  readonly body?: string | Buffer;
  /** Ways to it, as a CaptureSource has them. */
  readonly proxies: readonly string[] | undefined;
  readonly from: LedFrom;
  /** Only the status and the headers are needed. */
  readonly isPeek?: boolean;
  readonly signal: AbortSignal;
}

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly text: string;
}

/** The answer is larger than allowed. */
export class AnswerTooLarge extends Error {
  override readonly name = 'AnswerTooLarge';
}

const LARGEST = 4 << 20;

/**
 * One request and its whole answer, whatever its status; redirects are not followed.
 * @throws the signal's reason, AnswerTooLarge, ProxyFailure, ForbiddenAddress, or what ended the connection
 */
export async function ask(connections: Connections, question: Question): Promise<Answer> {
  const { url, body, proxies, from, signal } = question;
  const headers = { 'accept-encoding': 'identity', ...question.headers };
  return byRoutes({ connections, routes: routesOf(proxies), from }, url, async (route, reach) => {
    const exchange = new WholeAnswer(question.isPeek === true, signal);
    const post = body === undefined ? {} : ({ method: 'POST', body } as const);
    connections.send({ url, headers, reach, route, ...post }, exchange);
    const answer = await exchange.done;
    const forwarder = forwarderOf(url, route);
    if (answer.status === 407 && forwarder !== undefined) throw refusal(answer.status, forwarder);
    if (route !== DIRECT) connections.proxies.worked(route);
    return answer;
  });
}

class WholeAnswer implements Dispatcher.DispatchHandler {
  readonly done: Promise<Answer>;
  readonly #settle: { readonly resolve: (answer: Answer) => void; readonly reject: (error: unknown) => void };
  readonly #chunks: Buffer[] = [];
  #controller: Dispatcher.DispatchController | undefined;
  #head: Omit<Answer, 'text'> = { status: 0, headers: {} };
  #bytes = 0;
  readonly #onAbort = (): void => this.#fail(this.signal.reason);

  constructor(
    private readonly isPeek: boolean,
    private readonly signal: AbortSignal,
  ) {
    const { promise, resolve, reject } = Promise.withResolvers<Answer>();
    this.done = promise;
    this.#settle = { resolve, reject };
    if (signal.aborted) this.#onAbort();
    else signal.addEventListener('abort', this.#onAbort);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    if (this.signal.aborted) controller.abort(new Error('Ended before it began'));
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: Record<string, string | string[] | undefined>,
  ): void {
    if (status < 200) return;
    this.#head = { status, headers };
    if (!this.isPeek) return;
    this.#finish();
    controller.abort(new Error('That was enough'));
  }

  onResponseData(_controller: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > LARGEST) this.#fail(new AnswerTooLarge());
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#fail(error);
  }

  #finish(): void {
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#settle.resolve({ ...this.#head, text: Buffer.concat(this.#chunks).toString('utf8') });
  }

  /** Does nothing after an answer. */
  #fail(error: unknown): void {
    this.signal.removeEventListener('abort', this.#onAbort);
    this.#settle.reject(error);
    this.#controller?.abort(error instanceof Error ? error : new Error('Aborted'));
  }
}
