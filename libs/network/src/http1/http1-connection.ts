import { errorCode } from '@streamvault/failures';
import type { OnReadOpts, Socket } from 'node:net';
import { BadAnswer, LARGEST_HEAD, parseAnswerHead, type AnswerHead } from './answer-head.js';
import type { AnswerControl, AnswerHandler } from './answer-handler.js';
import { ChunkedBody } from './chunked-body.js';

/** How much is read at a time if the handler has no memory for it: heads, and chunked bodies. */
const LANDING_BYTES = 64 << 10;
const HEAD_END = '\r\n\r\n';
const NOTHING = Buffer.alloc(0);
const BROKEN = /^(ECONNRESET|EPIPE|ECONNABORTED)$/;

/** Milliseconds. */
export interface AnswerTimeouts {
  readonly headers: number;
  /** Longest silence within a body. */
  readonly idle: number;
}

/** The connection ended or broke for an unknown reason. */
export class ConnectionLost extends Error {
  override readonly name = 'ConnectionLost';
  readonly code = 'ECONNRESET';
}

class Late extends Error {
  override readonly name = 'Late';
  constructor(readonly code: 'HTTP_HEADERS_TIMEOUT' | 'HTTP_BODY_TIMEOUT') {
    super(code);
  }
}

/** Finds the connection of a socket: reads report only the socket. */
const owners = new WeakMap<Socket, Http1Connection>();

/** All sockets read into this if there is no better place. The bytes are used before the next socket reads. */
const landing = Buffer.allocUnsafeSlow(LANDING_BYTES);
let next: Buffer = landing;

/**
 * For `net.connect` and `tls.connect`. Node requests the memory for the next read right after it has reported the last
 * one, but does not say for which socket.
 */
export const onread = {
  buffer: (): Buffer => {
    const given = next;
    next = landing;
    return given;
  },
  callback(this: Socket, bytes: number, memory: Uint8Array): boolean {
    const owner = owners.get(this);
    if (owner === undefined) return true;
    const goesOn = owner.received(bytes, memory);
    next = owner.room ?? landing;
    return goesOn;
  },
} as OnReadOpts;

/** A connection that receives one answer after the other (RFC 9112). */
export class Http1Connection {
  #handler: AnswerHandler | undefined;
  #control: AnswerControl | undefined;
  #state: 'idle' | 'head' | 'body' = 'idle';
  #head: AnswerHead | undefined;
  /** The received part of a head that is not complete yet. */
  #partial = NOTHING;
  /** Bytes that are missing from a body of known length. */
  #left = 0;
  #chunks: ChunkedBody | undefined;
  /** The next read uses the handler's memory. */
  #isRoom = false;
  #paused = false;
  #isSpoilt = false;
  #activeAtMs = 0;
  #failure: Error | undefined;
  /** Repeats the request elsewhere if no answer came at all. */
  #again: (() => void) | undefined;

  /** @param over called when it is free for the next request, or closed for good */
  constructor(
    readonly socket: Socket,
    private readonly over: (connection: Http1Connection, keepSeconds: number | undefined) => void,
  ) {
    owners.set(socket, this);
    socket
      .on('error', (error: Error) => {
        this.#failure ??= error;
      })
      .on('end', () => this.#ended())
      .on('close', () => this.#closed());
  }

  /** It can carry a request. */
  get usable(): boolean {
    return this.#state === 'idle' && !this.socket.destroyed && this.socket.writable;
  }

  /**
   * @param request its complete head
   * @param again for a kept-alive connection, which may have ended without this side knowing. If no answer comes at
   * all, the request may be repeated over another (RFC 9112 section 9.3.1)
   */
  send(request: string, handler: AnswerHandler, again?: () => void): void {
    const control = this.#controlFor(handler);
    this.#handler = handler;
    this.#control = control;
    this.#again = again;
    this.#state = 'head';
    this.#paused = false;
    this.#activeAtMs = Date.now();
    handler.onRequestStart(control);
    if (this.#handler === undefined) return;
    this.socket.ref();
    this.socket.write(request, 'latin1');
  }

  /** The control of an answer that is over does not affect the next one. */
  #controlFor(handler: AnswerHandler): AnswerControl {
    return {
      pause: () => {
        if (this.#handler !== handler) return;
        this.#paused = true;
        this.socket.pause();
      },
      resume: () => {
        if (this.#handler !== handler) return;
        this.#activeAtMs = Date.now();
        this.#goOn();
      },
      abort: () => {
        if (this.#handler !== handler) return;
        // The caller that aborts knows that it is over. The connection is in the middle of an answer and cannot be used
        // again.
        this.#handler = undefined;
        this.socket.destroy();
      },
    };
  }

  #goOn(): void {
    if (!this.#paused) return;
    this.#paused = false;
    this.socket.resume();
  }

  /** Gives up what takes too long. Called from time to time. */
  check(nowMs: number, { headers, idle }: AnswerTimeouts): void {
    if (this.#handler === undefined || this.#paused) return;
    const silentMs = nowMs - this.#activeAtMs;
    const limit = this.#state === 'head' ? headers : idle;
    if (silentMs >= limit) this.#fail(new Late(this.#state === 'head' ? 'HTTP_HEADERS_TIMEOUT' : 'HTTP_BODY_TIMEOUT'));
  }

  /** @returns whether to read on */
  received(bytes: number, memory: Uint8Array): boolean {
    const [handler, control] = [this.#handler, this.#control];
    this.#activeAtMs = Date.now();
    if (handler === undefined || control === undefined) {
      // Bytes without a request.
      this.socket.destroy();
      return false;
    }
    this.#again = undefined;
    try {
      if (this.#isRoom) {
        this.#isRoom = false;
        this.#left -= bytes;
        handler.filled?.(bytes);
      } else this.#take(handler, control, Buffer.from(memory.buffer, memory.byteOffset, bytes));
      if (this.#state === 'body' && this.#handler !== undefined) this.#endWhereItIsWhole();
    } catch (error) {
      this.#fail(error instanceof Error ? error : new Error(String(error)));
    }
    return !this.#paused;
  }

  /** The handler's memory for the next read, if it has some. */
  get room(): Buffer | undefined {
    if (this.#state !== 'body' || this.#left === 0) return undefined;
    const room = this.#handler?.room?.();
    if (room === undefined) return undefined;
    this.#isRoom = true;
    return room.length > this.#left ? room.subarray(0, this.#left) : room;
  }

  #take(handler: AnswerHandler, control: AnswerControl, received: Buffer): void {
    let rest = received;
    while (this.#state === 'head' && rest.length > 0) {
      const after = this.#takeHead(handler, control, rest);
      if (after === undefined || this.#handler === undefined) return;
      rest = after;
    }
    if (this.#state === 'body' && rest.length > 0) this.#takeBody(handler, control, rest);
  }

  /** @returns what follows the head, once it is complete */
  #takeHead(handler: AnswerHandler, control: AnswerControl, received: Buffer): Buffer | undefined {
    const all = this.#partial.length === 0 ? received : Buffer.concat([this.#partial, received]);
    const end = all.indexOf(HEAD_END, Math.max(0, this.#partial.length - HEAD_END.length), 'latin1');
    if ((end < 0 ? all.length : end) > LARGEST_HEAD) throw new BadAnswer('Its head does not end');
    if (end < 0) {
      this.#partial = Buffer.from(all);
      return undefined;
    }
    this.#partial = NOTHING;
    const head = parseAnswerHead(all.toString('latin1', 0, end));
    const rest = all.subarray(end + HEAD_END.length);
    // An interim answer does not end the request (RFC 9110 section 15.2), and another protocol was not requested.
    if (head.status === 101) throw new BadAnswer('It wants to speak another protocol');
    if (head.status < 200) return rest;
    this.#head = head;
    this.#state = 'body';
    const { framing } = head;
    this.#left = framing.kind === 'length' ? framing.bytes : 0;
    this.#chunks = framing.kind === 'chunked' ? new ChunkedBody() : undefined;
    handler.onResponseStart(control, head.status, head.headers);
    return rest;
  }

  #takeBody(handler: AnswerHandler, control: AnswerControl, received: Buffer): void {
    const give = (piece: Buffer): void => {
      if (this.#handler !== undefined) handler.onResponseData(control, piece);
    };
    const framing = this.#head?.framing.kind;
    if (framing === 'close') return give(received);
    let taken = Math.min(received.length, this.#left);
    if (this.#chunks !== undefined) taken = this.#chunks.push(received, give);
    else if (taken > 0) {
      this.#left -= taken;
      give(received.subarray(0, taken));
    }
    // If a server sends more than its stated length, the rest cannot be told apart from the next answer.
    if (taken < received.length) this.#isSpoilt = true;
  }

  #endWhereItIsWhole(): void {
    const framing = this.#head?.framing.kind;
    if (framing === 'length' ? this.#left === 0 : this.#chunks?.over === true) this.#finish();
  }

  #finish(): void {
    const handler = this.#handler;
    const head = this.#head;
    this.#handler = undefined;
    this.#head = undefined;
    this.#chunks = undefined;
    this.#state = 'idle';
    handler?.onResponseEnd();
    // A body that was held back at its very end must still notice when the other side closes.
    this.#goOn();
    if (head?.staysOpen !== true || this.#isSpoilt) this.socket.destroy();
    else this.over(this, head.keepSeconds);
  }

  #fail(error: Error): void {
    const [handler, again] = [this.#handler, this.#again];
    this.#handler = undefined;
    this.socket.destroy();
    if (again !== undefined && BROKEN.test(errorCode(error) ?? '')) again();
    else handler?.onResponseError(this.#control, error);
  }

  /** The other side has closed. */
  #ended(): void {
    if (this.#state === 'body' && this.#head?.framing.kind === 'close') this.#finish();
    else this.#closed();
    this.socket.destroy();
  }

  #closed(): void {
    if (this.#handler !== undefined)
      this.#fail(this.#failure ?? new ConnectionLost('The connection ended before the answer did'));
    this.over(this, undefined);
  }
}
