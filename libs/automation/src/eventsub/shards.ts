import { Backoff, messageOf } from '@streamvault/failures';
import { type KernelLogger } from '@streamvault/kernel';
import { EventSubSocket, type SocketNews } from './eventsub-socket.js';

export interface ShardsParts {
  readonly url: string;
  readonly count: number;
  /**
   * Binds a session to its shard, within ten seconds.
   * @throws if that failed: the session is given up
   */
  readonly bind: (shard: string, sessionId: string, signal: AbortSignal) => Promise<void>;
  readonly notice: SocketNews['notice'];
  readonly revoked: SocketNews['revoked'];
  /** A fresh session was bound: earlier events may have been missed. */
  readonly reconnected: () => void;
  readonly logger: Pick<KernelLogger, 'info' | 'warn'>;
}

export interface ShardState {
  readonly id: string;
  readonly sessionId: string | null;
  readonly since: string | null;
  /** Why it has no session. */
  readonly problem: string | null;
}

/** Keeps one session per shard, until it is stopped. */
export class Shards {
  readonly #parts: ShardsParts;
  readonly #states: ShardState[];
  readonly #sockets: (EventSubSocket | undefined)[];
  /** What ends each session from here. */
  readonly #ends: (((why: string) => void) | undefined)[] = [];
  readonly #running: Promise<void>[];

  constructor(parts: ShardsParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#states = Array.from({ length: parts.count }, (_, index) => ({
      id: String(index),
      sessionId: null,
      since: null,
      problem: null,
    }));
    this.#sockets = [];
    this.#running = this.#states.map((_, index) => this.#keep(index, signal));
  }

  states(): readonly ShardState[] {
    return this.#states;
  }

  /** Settles when the signal has aborted and all sockets are closed. */
  async ended(): Promise<void> {
    await Promise.all(this.#running);
  }

  /** Twitch says that its session is no longer usable: it gets another one. */
  renew(shard: string): void {
    this.#end(Number(shard), 'Twitch does not know the session');
  }

  #end(index: number, why: string): void {
    this.#sockets[index]?.close();
    this.#ends[index]?.(why);
  }

  async #keep(index: number, signal: AbortSignal): Promise<void> {
    const backoff = new Backoff({ firstMs: 1000, maxMs: 60_000 });
    const stop = () => this.#end(index, 'stopped');
    signal.addEventListener('abort', stop);
    try {
      while (!signal.aborted) {
        const why = await this.#session(index, backoff, signal);
        if (signal.aborted) return;
        this.#set(index, { sessionId: null, since: null, problem: why });
        this.#parts.logger.warn('A connection for Twitch’s notices ended; StreamVault opens it again', {
          shard: index,
          why,
        });
        await backoff.wait(signal);
      }
    } finally {
      signal.removeEventListener('abort', stop);
    }
  }

  /**
   * One session, from its connection to its end.
   * @returns why it ended
   */
  #session(index: number, backoff: Backoff, signal: AbortSignal): Promise<string> {
    return new Promise((resolve) => {
      this.#ends[index] = resolve;
      const { bind, logger, notice, reconnected, revoked, url } = this.#parts;
      this.#sockets[index] = new EventSubSocket(url, {
        notice,
        revoked,
        closed: resolve,
        welcomed: (sessionId) => {
          // A session that moved to another socket is still bound.
          if (this.#states[index]?.sessionId === sessionId) return;
          bind(String(index), sessionId, signal).then(
            () => {
              backoff.reset();
              this.#set(index, { sessionId, since: new Date().toISOString(), problem: null });
              logger.info('Twitch sends notices', { shard: index });
              reconnected();
            },
            (error: unknown) => this.#end(index, messageOf(error)),
          );
        },
      });
    });
  }

  #set(index: number, state: Omit<ShardState, 'id'>): void {
    this.#states[index] = { id: String(index), ...state };
  }
}
