import { createHmac, randomUUID } from 'node:crypto';
import type { IncomingMessage, Server } from 'node:http';
import { type WebSocket, WebSocketServer } from 'ws';

export interface FakeSubscription {
  readonly id: string;
  status: string;
  readonly type: string;
  readonly version: string;
  readonly condition: Readonly<Record<string, string>>;
  readonly transport: {
    readonly method: string;
    readonly conduit_id?: string;
    readonly callback?: string;
    readonly secret?: string;
  };
  readonly created_at: string;
  readonly cost: number;
}

interface FakeShard {
  readonly id: string;
  status: string;
  session_id?: string;
}
interface FakeConduit {
  readonly id: string;
  readonly shards: FakeShard[];
}
interface Session {
  readonly id: string;
  socket: WebSocket;
  keepalive: NodeJS.Timeout;
}

export interface Delivery {
  /** The same id again is the same notice again. */
  readonly messageId?: string;
  readonly sentAt?: string;
}

/** EventSub: subscriptions, conduits with their shards, sessions over WebSockets, and signed webhooks. */
export class EventSubHub {
  readonly subscriptions = new Map<string, FakeSubscription>();
  readonly conduits = new Map<string, FakeConduit>();
  /** Seconds between keepalives; none are sent while it is 0. */
  keepaliveSeconds = 1;
  /** The error of the next binding of shards. */
  shardError: string | undefined;
  /** Answers to webhooks, oldest first. */
  readonly webhookAnswers: number[] = [];
  readonly #sessions = new Map<string, Session>();
  readonly #reconnects = new Set<string>();
  readonly #sockets: WebSocketServer;
  readonly #base: () => string;

  constructor(server: Server, base: () => string) {
    this.#base = base;
    this.#sockets = new WebSocketServer({ server, path: '/ws' });
    this.#sockets.on('connection', (socket, request) => this.#connected(socket, request));
  }

  get sessions(): number {
    return this.#sessions.size;
  }

  /** How many shards of how many conduits have an existing session. */
  get boundShards(): number {
    return [...this.conduits.values()].flatMap(({ shards }) => shards).filter((shard) => this.#isHeld(shard)).length;
  }

  #isHeld = ({ session_id, status }: FakeShard): boolean =>
    status === 'enabled' && session_id !== undefined && this.#sessions.has(session_id);

  createConduit(shardCount: number): FakeConduit | undefined {
    if (this.conduits.size >= 5) return undefined;
    const shards = Array.from({ length: shardCount }, (_, index) => ({
      id: String(index),
      status: 'websocket_disconnected',
    }));
    const conduit = { id: randomUUID(), shards };
    this.conduits.set(conduit.id, conduit);
    return conduit;
  }

  /** @returns the errors, by shard */
  bind(conduit: FakeConduit, shards: readonly { id: string; transport: { session_id: string } }[]) {
    const errors: { id: string; message: string; code: string }[] = [];
    for (const { id, transport } of shards) {
      const shard = conduit.shards.find((one) => one.id === id);
      const problem =
        this.shardError ??
        (shard && this.#sessions.has(transport.session_id) ? undefined : 'invalid websocket session');
      if (problem !== undefined || !shard)
        errors.push({ id, message: problem ?? 'no such shard', code: 'invalid_parameter' });
      else Object.assign(shard, { status: 'enabled', session_id: transport.session_id });
    }
    this.shardError = undefined;
    return errors;
  }

  /** To all subscribers. Settles when webhooks have answered. */
  async emit(type: string, event: Readonly<Record<string, unknown>>, delivery: Delivery = {}): Promise<number> {
    const wanted = [...this.subscriptions.values()].filter(
      ({ type: of, status, condition }) =>
        of === type &&
        status === 'enabled' &&
        Object.entries(condition).every(([name, value]) => event[name] === value),
    );
    const sent = await Promise.all(wanted.map((subscription) => this.#deliver(subscription, { event }, delivery)));
    return sent.filter(Boolean).length;
  }

  /** Removes subscriptions, as Twitch does, and sends a notice about it. */
  async revoke(filter: (subscription: FakeSubscription) => boolean, status = 'authorization_revoked'): Promise<void> {
    for (const subscription of [...this.subscriptions.values()].filter(filter)) {
      subscription.status = status;
      await this.#deliver(subscription, {}, {}, 'revocation');
    }
  }

  /** The connections break, with that code. */
  dropSessions(code = 4006): void {
    for (const { id, socket } of this.#sessions.values()) {
      this.#lose(id);
      socket.close(code);
    }
  }

  /** Nothing is sent any more, and nothing closed. */
  silence(): void {
    for (const { keepalive } of this.#sessions.values()) clearInterval(keepalive);
  }

  /** The connections have to move to another address. */
  moveSessions(): void {
    for (const { id, socket } of this.#sessions.values()) {
      const ticket = randomUUID();
      this.#reconnects.add(`${ticket} ${id}`);
      const reconnect_url = `${this.#base().replace('http', 'ws')}/ws?ticket=${ticket}&id=${id}`;
      const session = { id, status: 'reconnecting', keepalive_timeout_seconds: null, reconnect_url };
      this.#say(socket, 'session_reconnect', { session });
    }
  }

  /** Another program with the same client id takes the shards. */
  stealShards(): void {
    for (const { shards } of this.conduits.values()) for (const shard of shards) shard.session_id = 'somebody-else';
  }

  async close(): Promise<void> {
    for (const { keepalive, socket } of this.#sessions.values()) {
      clearInterval(keepalive);
      socket.terminate();
    }
    for (const socket of this.#sockets.clients) socket.terminate();
    await new Promise((resolve) => this.#sockets.close(resolve));
  }

  /** Asks an address of ours whether it wants notices. */
  async verify(subscription: FakeSubscription): Promise<void> {
    const challenge = randomUUID();
    const answer = await this.#post(subscription, { challenge }, 'webhook_callback_verification', {});
    subscription.status =
      answer?.ok === true && (await answer.text()) === challenge ? 'enabled' : 'webhook_callback_verification_failed';
  }

  #connected(socket: WebSocket, request: IncomingMessage): void {
    const { searchParams } = new URL(request.url ?? '/', 'ws://fake');
    const ticket = searchParams.get('ticket');
    const former = searchParams.get('id') ?? '';
    if (ticket !== null && !this.#reconnects.delete(`${ticket} ${former}`)) return socket.close(4007);
    const id = ticket === null ? randomUUID() : former;
    clearInterval(this.#sessions.get(id)?.keepalive);
    const { keepaliveSeconds } = this;
    const keepalive = setInterval(
      () => this.#say(socket, 'session_keepalive', {}),
      Math.max(keepaliveSeconds, 0.1) * 500,
    );
    if (keepaliveSeconds === 0) clearInterval(keepalive);
    this.#sessions.set(id, { id, socket, keepalive });
    // An unknown message, and one with additional fields.
    this.#say(socket, 'something_new', { anything: true });
    const session = {
      id,
      status: 'connected',
      keepalive_timeout_seconds: Math.max(keepaliveSeconds, 1),
      reconnect_url: null,
      connected_at: new Date().toISOString(),
      added_later: 1,
    };
    this.#say(socket, 'session_welcome', { session });
    // Clients may not send anything here.
    socket.on('message', () => socket.close(4001));
    socket.on('close', () => {
      if (this.#sessions.get(id)?.socket === socket) this.#lose(id);
    });
  }

  #lose(id: string): void {
    clearInterval(this.#sessions.get(id)?.keepalive);
    this.#sessions.delete(id);
    for (const { shards } of this.conduits.values())
      for (const shard of shards) if (shard.session_id === id) shard.status = 'websocket_disconnected';
  }

  async #deliver(
    subscription: FakeSubscription,
    payload: object,
    delivery: Delivery,
    kind: 'notification' | 'revocation' = 'notification',
  ): Promise<boolean> {
    if (subscription.transport.method === 'webhook')
      return (await this.#post(subscription, payload, kind, delivery))?.ok === true;
    const shards = this.conduits.get(subscription.transport.conduit_id ?? '')?.shards ?? [];
    const shard = shards.find((one) => this.#isHeld(one));
    const session = this.#sessions.get(shard?.session_id ?? '');
    if (!session) return false;
    const { messageId, sentAt } = delivery;
    this.#say(
      session.socket,
      kind,
      { subscription: shown(subscription), ...payload },
      { messageId, sentAt, type: subscription.type },
    );
    return true;
  }

  #say(
    socket: WebSocket,
    message_type: string,
    payload: object,
    { messageId, sentAt, type }: { messageId?: string | undefined; sentAt?: string | undefined; type?: string } = {},
  ): void {
    const metadata = {
      message_id: messageId ?? randomUUID(),
      message_type,
      message_timestamp: sentAt ?? nanoseconds(),
      ...(type !== undefined && { subscription_type: type, subscription_version: '1' }),
    };
    socket.send(JSON.stringify({ metadata, payload }));
  }

  async #post(subscription: FakeSubscription, more: object, kind: string, { messageId, sentAt }: Delivery) {
    const { callback = '', secret = '' } = subscription.transport;
    const body = JSON.stringify({ subscription: shown(subscription), ...more });
    try {
      const answer = await fetch(callback, {
        method: 'POST',
        body,
        headers: signed({ body, secret, kind, type: subscription.type, messageId, sentAt }),
      });
      this.webhookAnswers.push(answer.status);
      return answer;
    } catch {
      // Nothing listens there.
      return undefined;
    }
  }
}

/** Secrets are never returned. */
export const shown = ({ transport, ...subscription }: FakeSubscription) => {
  const { method, conduit_id, callback } = transport;
  return { ...subscription, transport: { method, conduit_id, callback } };
};

/** Twitch's timestamps have nanoseconds. */
export const nanoseconds = (at = new Date()): string => at.toISOString().replace('Z', '123456Z');

export interface SignedMessage {
  readonly body: string;
  readonly secret: string;
  readonly kind: string;
  readonly type: string;
  readonly messageId?: string | undefined;
  readonly sentAt?: string | undefined;
}

/** The headers of a webhook, signed as Twitch signs it. */
export function signed({ body, secret, kind, type, messageId = randomUUID(), sentAt = nanoseconds() }: SignedMessage) {
  const signature = createHmac('sha256', secret)
    .update(messageId + sentAt + body)
    .digest('hex');
  return {
    'Content-Type': 'application/json',
    'Twitch-Eventsub-Message-Id': messageId,
    'Twitch-Eventsub-Message-Retry': '0',
    'Twitch-Eventsub-Message-Type': kind,
    'Twitch-Eventsub-Message-Signature': `sha256=${signature}`,
    'Twitch-Eventsub-Message-Timestamp': sentAt,
    'Twitch-Eventsub-Subscription-Type': type,
    'Twitch-Eventsub-Subscription-Version': '1',
  };
}
