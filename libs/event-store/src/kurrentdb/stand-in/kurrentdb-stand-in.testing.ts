import type { Server as GrpcServer, ServerUnaryCall } from '@grpc/grpc-js';
import type { MemberInfo } from '@kurrent/kurrentdb-client/generated/kurrentdb/protocols/v1/gossip_pb.js';
import { once } from 'node:events';
import { createServer as createHttpServer, type Server as HttpServer } from 'node:http';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { type AppendFault, type Appending, serveAppend, serveBatchAppend } from './append-call.testing.js';
import { rpcError } from './messages.testing.js';
import {
  features,
  gossip,
  GossipService,
  grpc,
  ServerFeaturesService,
  shared,
  StreamsService,
} from './protocol.testing.js';
import { serveRead } from './read-call.testing.js';
import { StoredLog } from './stored-log.testing.js';
import { serveSubscription } from './subscription-call.testing.js';

export interface StandInOptions {
  /** PEM. With it the stand-in speaks TLS, and requires the one user that exists. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly user?: { readonly name: string; readonly password: string };
  /** Whether the server offers `BatchAppend`; servers before 21.10 do not. */
  readonly batchAppend?: boolean;
  /** `MaxAppendSize` in bytes. Default: 256 MiB, as since 25.1; before, it was 1 MiB. */
  readonly maxAppendSize?: number;
  /** `MaxAppendEventSize` in bytes. Default: 16 MiB, as since 25.1. */
  readonly maxAppendEventSize?: number;
}

const HTTP2_PREFACE = 'PRI * HTTP/2.0';

/**
 * A KurrentDB server in this process, as far as the client can tell: gRPC (Streams, ServerFeatures, Gossip) and
 * `/health/live` on one port, like the real one. Its content survives `kill` and `start`, which uses the same port.
 */
export class KurrentDbStandIn {
  readonly log = new StoredLog();
  /** Faults of the next appends, used one by one. */
  readonly faults: AppendFault[] = [];
  /** Calls that were taken, by method. */
  readonly calls = new Map<string, number>();
  /** Expressions of the filters that clients used. */
  readonly filters: string[] = [];
  /** Whether it answers 204 or 503 on `/health/live`. */
  isLive = true;
  /** While it starts or elects: reads are UNAVAILABLE, appends get a status. */
  isReady = true;
  /** The answer to every call: for a user without rights, or with a wrong password (which comes without a trailer). */
  refuses: 'nobody' | 'no-rights' | 'wrong-password' = 'nobody';
  /** How far its clock is ahead of the client's. */
  clockAheadMs = 0;
  /** Whether a restart forgets the ids of recent appends, as a server does. */
  forgetsIds = true;
  readonly #options: StandInOptions;
  readonly #sockets = new Set<Socket>();
  #grpc: GrpcServer | undefined;
  #http: HttpServer | undefined;
  #front: Server | undefined;
  #grpcPort = 0;
  #httpPort = 0;
  #port = 0;

  private constructor(options: StandInOptions) {
    this.#options = options;
  }

  static async start(options: StandInOptions = {}): Promise<KurrentDbStandIn> {
    const standIn = new KurrentDbStandIn(options);
    await standIn.start();
    return standIn;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `kurrentdb://localhost:${this.#port}?tls=false`;
  }

  async start(): Promise<void> {
    await this.#startBackends();
    const { tls } = this.#options;
    const onSocket = (socket: Socket): void => this.#accept(socket);
    this.#front = tls
      ? createTlsServer({ ...tls, ALPNProtocols: ['h2', 'http/1.1'] }, onSocket)
      : createServer(onSocket);
    this.#front.on('connection', (socket: Socket) => this.#track(socket));
    this.#front.listen(this.#port, '127.0.0.1');
    await once(this.#front, 'listening');
    this.#port = (this.#front.address() as AddressInfo).port;
  }

  /** Cuts every connection in the middle of its work, and stops listening. */
  async kill(): Promise<void> {
    const front = this.#front;
    this.#front = undefined;
    if (this.forgetsIds) this.log.forgetCommitted();
    if (front === undefined) return;
    const closed = once(front, 'close');
    front.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#grpc?.forceShutdown();
    this.#http?.closeAllConnections();
    this.#http?.close();
    await closed;
  }

  /** Cuts the connections; new ones are accepted at once. */
  disconnectAll(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  async #startBackends(): Promise<void> {
    const server = new grpc.Server({ 'grpc.max_receive_message_length': 17 * 1024 * 1024 });
    server.addService(StreamsService as never, this.#streams() as never);
    server.addService(ServerFeaturesService as never, this.#features() as never);
    server.addService(GossipService as never, this.#gossip() as never);
    this.#grpcPort = await new Promise((resolve, reject) => {
      server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#grpc = server;
    this.#http = createHttpServer((request, response) => {
      this.#count(request.url ?? '');
      response.setHeader('Date', new Date(Date.now() + this.clockAheadMs).toUTCString());
      response.writeHead(request.url === '/health/live' ? (this.isLive ? 204 : 503) : 404).end();
    }).listen(0, '127.0.0.1');
    await once(this.#http, 'listening');
    this.#httpPort = (this.#http.address() as AddressInfo).port;
  }

  /** HTTP/2 is gRPC, everything else plain HTTP: the first bytes tell. */
  #accept(socket: Socket): void {
    this.#track(socket);
    socket.once('data', (first) => {
      socket.pause();
      const isHttp2 = first.toString('latin1', 0, HTTP2_PREFACE.length) === HTTP2_PREFACE;
      const backend = connect(isHttp2 ? this.#grpcPort : this.#httpPort, '127.0.0.1');
      this.#track(backend);
      backend.write(first);
      socket.pipe(backend).pipe(socket);
      socket.on('close', () => backend.destroy());
      backend.on('close', () => socket.destroy());
    });
  }

  #track(socket: Socket): void {
    this.#sockets.add(socket);
    socket.setNoDelay(true);
    socket.on('close', () => this.#sockets.delete(socket));
    // The tests are about cut connections.
    socket.on('error', () => socket.destroy());
  }

  #count(method: string): void {
    this.calls.set(method, (this.calls.get(method) ?? 0) + 1);
  }

  #streams(): Record<string, unknown> {
    const { maxAppendSize = 256 * 1024 * 1024, maxAppendEventSize = 16 * 1024 * 1024 } = this.#options;
    const appending: Appending = {
      log: this.log,
      maxAppendSize,
      maxAppendEventSize,
      fault: () => this.faults.shift() ?? (this.isReady ? undefined : 'notReady'),
      now: () => Date.now() + this.clockAheadMs,
    };
    return {
      read: (call: Parameters<typeof serveRead>[0]) => {
        const options = call.request.getOptions();
        const isSubscription = options?.hasSubscription() === true;
        this.#count(isSubscription ? 'subscribe' : 'read');
        const filter = options?.getFilter();
        const expression = filter?.getStreamIdentifier() ?? filter?.getEventType();
        if (expression) this.filters.push(expression.getRegex() || expression.getPrefixList().join('|'));
        const fail = (error: unknown): void => void (call.cancelled || call.emit('error', error));
        this.#requireUser(call.metadata, fail, () => {
          if (!this.isReady) return fail(rpcError(grpc.status.UNAVAILABLE, 'Server Is Not Ready'));
          const served = isSubscription ? serveSubscription(call, this.log) : serveRead(call, this.log);
          served.then(() => call.end(), fail);
        });
      },
      append: (call: Parameters<typeof serveAppend>[0], done: (error: unknown, answer?: unknown) => void) => {
        this.#count('append');
        this.#requireUser(call.metadata, done, () => {
          const answer = (message: unknown): void => void (message !== undefined && done(null, message));
          void serveAppend(call, appending).then(answer, done);
        });
      },
      batchAppend: (call: Parameters<typeof serveBatchAppend>[0]) => {
        this.#count('batchAppend');
        this.#requireUser(
          call.metadata,
          (error) => call.emit('error', error),
          () => serveBatchAppend(call, appending),
        );
      },
      delete: (_call: unknown, done: (error: unknown) => void) => done(rpcError(grpc.status.UNIMPLEMENTED, 'delete')),
      tombstone: (_call: unknown, done: (error: unknown) => void) =>
        done(rpcError(grpc.status.UNIMPLEMENTED, 'tombstone')),
    };
  }

  #features(): Record<string, unknown> {
    return {
      getSupportedMethods: (_call: unknown, done: (error: null, answer: unknown) => void) => {
        const names = this.#options.batchAppend === false ? ['append', 'read'] : ['append', 'read', 'batchappend'];
        const methods = names.map((name) =>
          new features.SupportedMethod().setServiceName('event_store.client.streams.streams').setMethodName(name),
        );
        done(null, new features.SupportedMethods().setMethodsList(methods).setEventStoreServerVersion('25.1.0'));
      },
    };
  }

  #gossip(): Record<string, unknown> {
    return {
      read: (_call: ServerUnaryCall<unknown, unknown>, done: (error: null, answer: unknown) => void) => {
        this.#count('gossip');
        const member = new gossip.MemberInfo()
          .setInstanceId(new shared.UUID().setString('00000000-0000-4000-8000-000000000001'))
          .setTimeStamp('0')
          .setState(gossip.MemberInfo.VNodeState.LEADER satisfies MemberInfo.VNodeState)
          .setIsAlive(true)
          .setHttpEndPoint(new gossip.EndPoint().setAddress('localhost').setPort(this.#port));
        done(null, new gossip.ClusterInfo().setMembersList([member]));
      },
    };
  }

  #requireUser(metadata: { get(key: string): unknown[] }, refuse: (error: unknown) => void, serve: () => void): void {
    if (this.refuses === 'no-rights') return refuse(rpcError(grpc.status.PERMISSION_DENIED, 'Access Denied'));
    if (this.refuses === 'wrong-password') return refuse(rpcError(grpc.status.UNAUTHENTICATED, 'Unauthenticated'));
    const { user } = this.#options;
    const expected = user && `Basic ${Buffer.from(`${user.name}:${user.password}`).toString('base64')}`;
    if (expected === undefined || metadata.get('authorization')[0] === expected) return serve();
    refuse(rpcError(grpc.status.UNAUTHENTICATED, 'Access Denied', { exception: 'access-denied' }));
  }
}
