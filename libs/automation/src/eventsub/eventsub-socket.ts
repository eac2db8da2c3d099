import { WebSocket } from 'undici';
import { z } from 'zod';

/*
 * One session of Twitch's EventSub over a WebSocket (dev.twitch.tv/docs/eventsub/handling-websocket-events). undici
 * answers pings by itself; nothing is ever sent (4001).
 */

const session = z.object({
  id: z.string(),
  keepalive_timeout_seconds: z.number().nullish(),
  reconnect_url: z.string().nullish(),
});
const message = z.object({
  metadata: z.object({
    message_id: z.string(),
    message_type: z.string(),
    message_timestamp: z.string(),
    subscription_type: z.string().optional(),
  }),
  payload: z.object({
    session: session.optional(),
    subscription: z.object({ id: z.string(), type: z.string(), status: z.string().catch('') }).optional(),
    event: z.unknown().optional(),
  }),
});
type Message = z.infer<typeof message>;

export interface SocketNews {
  /** Twitch knows the session now; its shard must be bound within ten seconds. */
  readonly welcomed: (sessionId: string) => void;
  readonly notice: (notice: {
    readonly messageId: string;
    readonly sentAt: string;
    readonly type: string;
    readonly event: unknown;
  }) => void;
  readonly revoked: (subscription: { readonly id: string; readonly type: string; readonly status: string }) => void;
  /** The session is no longer usable. */
  readonly closed: (why: string) => void;
}

/** A server that sends nothing within this time has no session for us. */
const welcomeMilliseconds = 15_000;
/** Silence of more than this multiple of the promised keepalive means the end. */
const patience = 1.5;

/** A session that moves to another socket when Twitch asks for it, without losing notices meanwhile. */
export class EventSubSocket {
  readonly #news: SocketNews;
  #socket: WebSocket | undefined;
  /** The previous socket, read until the new one is welcomed. */
  #former: WebSocket | undefined;
  #watch: NodeJS.Timeout | undefined;
  #keepaliveSeconds = 10;
  #isClosed = false;

  constructor(url: string, news: SocketNews) {
    this.#news = news;
    this.#open(url);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    clearTimeout(this.#watch);
    for (const socket of [this.#socket, this.#former]) drop(socket);
  }

  #open(url: string): void {
    const socket = new WebSocket(url);
    this.#socket = socket;
    this.#await(welcomeMilliseconds, 'Twitch sends no welcome');
    socket.addEventListener('message', ({ data }) => {
      if (!this.#isClosed && (socket === this.#socket || socket === this.#former)) this.#hear(socket, String(data));
    });
    socket.addEventListener('close', ({ code }) => this.#lost(socket, `Twitch closed the connection (${code})`));
    socket.addEventListener('error', () => this.#lost(socket, 'the connection broke'));
  }

  #hear(socket: WebSocket, text: string): void {
    const heard = parse(text);
    // Any message proves life, including kinds that are newer than this program.
    if (socket === this.#socket) this.#await(this.#keepaliveSeconds * 1000 * patience, 'Twitch fell silent');
    if (!heard) return;
    const { metadata, payload } = heard;
    switch (metadata.message_type) {
      case 'session_welcome':
        return this.#welcome(socket, payload);
      case 'session_reconnect':
        return this.#move(payload.session?.reconnect_url);
      case 'notification': {
        const { message_id: messageId, message_timestamp: sentAt, subscription_type: type } = metadata;
        const kind = type ?? payload.subscription?.type;
        if (kind !== undefined) this.#news.notice({ messageId, sentAt, type: kind, event: payload.event });
        return undefined;
      }
      case 'revocation':
        if (payload.subscription) this.#news.revoked(payload.subscription);
        return undefined;
      default:
        return undefined;
    }
  }

  #welcome(socket: WebSocket, { session: welcomed }: Message['payload']): void {
    if (!welcomed || socket !== this.#socket) return;
    this.#keepaliveSeconds = welcomed.keepalive_timeout_seconds ?? this.#keepaliveSeconds;
    this.#await(this.#keepaliveSeconds * 1000 * patience, 'Twitch fell silent');
    drop(this.#former);
    this.#former = undefined;
    this.#news.welcomed(welcomed.id);
  }

  /** The address is used exactly as given; the old socket is read until the new one is welcomed. */
  #move(url: string | null | undefined): void {
    if (typeof url !== 'string' || this.#former) return;
    this.#former = this.#socket;
    this.#open(url);
  }

  #lost(socket: WebSocket, why: string): void {
    if (this.#isClosed) return;
    if (socket === this.#former) {
      this.#former = undefined;
      return;
    }
    if (socket !== this.#socket) return;
    this.close();
    this.#news.closed(why);
  }

  #await(milliseconds: number, why: string): void {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => {
      if (this.#isClosed) return;
      this.close();
      this.#news.closed(why);
    }, milliseconds);
    this.#watch.unref();
  }
}

function drop(socket: WebSocket | undefined): void {
  try {
    socket?.close();
  } catch {
    // A socket that never opened cannot be closed, and is gone anyway.
  }
}

function parse(text: string): Message | undefined {
  try {
    return message.safeParse(JSON.parse(text)).data;
  } catch {
    // What is no JSON says nothing.
    return undefined;
  }
}
