import { MikroORM } from '@mikro-orm/sqlite';
import type { AddTargetBody, NoticeDelivery } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  CommandHandling,
  type CommandMetadata,
  EventRegistry,
  IdSequence,
  kernelEvents,
  type KernelLogger,
  ProjectionCheckpoint,
  prepareTables,
  ProjectionRunner,
} from '@streamvault/kernel';
import { Connections } from '@streamvault/network';
import { SecretVault } from '@streamvault/secrets';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AddTarget } from './commands/add-target/add-target.command.js';
import { AddTargetHandler } from './commands/add-target/add-target.handler.js';
import { DeliveryStreams } from './delivery-streams.js';
import { deliveryEvents } from './domain/delivery-events.js';
import type { Notice } from './domain/notice.js';
import { targetEvents } from './domain/target-events.js';
import { ListDeliveriesHandler } from './queries/list-deliveries.handler.js';
import { ListDeliveries } from './queries/notification-queries.js';
import { DeliveryRow } from './read-models/delivery-row.entity.js';
import { deliveriesProjection } from './read-models/deliveries.projection.js';
import { DeliveryWorker } from './sending/delivery-worker.js';
import { NoticeSender } from './sending/notice-sender.js';
import { OpenDeliveryRows } from './sending/open-deliveries.js';
import { VapidKeys } from './sending/vapid-keys.js';
import { TargetStreams } from './target-streams.js';

export const start = Date.parse('2026-11-30T12:00:00.000Z');
export const key = Buffer.alloc(32, 7);
export const secret = `whsec_${key.toString('base64')}`;
const quiet: KernelLogger = { info: () => {}, warn: () => {}, error: () => {} };

/** One installation: its log, its read model and its vault, with processes that come and go. */
export class House {
  now = start;
  readonly store = new MemoryEventStore();
  readonly registry = new EventRegistry([...kernelEvents, ...targetEvents, ...deliveryEvents]);
  readonly handling = new CommandHandling({ store: this.store, registry: this.registry });
  readonly targets = new TargetStreams(this.handling);
  readonly deliveries = new DeliveryStreams(this.handling);
  readonly connections = new Connections({
    connectTimeoutSeconds: 2,
    headersTimeoutSeconds: 30,
    idleTimeoutSeconds: 30,
    allowedPrivateHosts: [],
    http2: false,
    proxyRestSeconds: 30,
  });
  readonly vault: SecretVault;
  readonly vapid: VapidKeys;
  readonly projections: ProjectionRunner;
  readonly said: unknown[] = [];
  readonly logger: KernelLogger = { ...quiet, warn: (...all) => this.said.push(all) };
  #commands = 0;

  private constructor(
    readonly folder: string,
    readonly orm: MikroORM,
  ) {
    this.vault = new SecretVault({ folder: join(folder, 'secrets'), keyFile: join(folder, 'secret.key') });
    this.vapid = new VapidKeys(this.vault, { publicUrl: 'https://vault.example' });
    this.projections = new ProjectionRunner({
      store: this.store,
      registry: this.registry,
      projections: [deliveriesProjection],
      em: () => orm.em,
      logger: quiet,
    });
  }

  static async open(): Promise<House> {
    const folder = await mkdtemp(join(tmpdir(), 'streamvault-notices-'));
    const orm = await MikroORM.init({
      dbName: join(folder, 'read-models.db'),
      entities: [ProjectionCheckpoint, DeliveryRow],
    });
    await prepareTables([deliveriesProjection], orm.em);
    const house = new House(folder, orm);
    house.projections.start();
    return house;
  }

  async close(): Promise<void> {
    await this.projections.stop();
    await this.connections.close();
    await this.orm.close(true);
    await rm(this.folder, { recursive: true, force: true });
  }

  metadata(): CommandMetadata {
    this.#commands += 1;
    return {
      commandId: `command-${this.#commands}`,
      correlationId: 'c',
      causationId: 'c',
      actor: 'ada',
      now: new Date(this.now).toISOString(),
    };
  }

  sender(privately = true): NoticeSender {
    return new NoticeSender(this.connections, this.vault, this.vapid, { NOTIFY_PRIVATE_TARGETS: privately });
  }

  /** Another process, or the same after a restart. */
  worker(owner: string, { seconds = 20, isAlone = true } = {}): DeliveryWorker {
    const sender = this.sender();
    return new DeliveryWorker({
      open: new OpenDeliveryRows(this.orm.em, this.projections),
      deliveries: this.deliveries,
      targets: this.targets,
      sender: { send: (target, notice, signal) => sender.send(target, notice, signal, seconds) },
      owner,
      isAlone,
      timeZone: 'Europe/Berlin',
      logger: this.logger,
      now: () => this.now,
      random: () => 0,
    });
  }

  add(origin: string, more: Partial<AddTargetBody> = {}): Promise<number> {
    const body: AddTargetBody = {
      name: 'Phone',
      settings: { kind: 'webhook', format: 'standard' },
      credentials: { url: `${origin}/in/hunter2hunter2hunter2`, secret },
      kinds: null,
      streamerIds: null,
      quiet: null,
      digestAt: null,
      templates: {},
      enabled: true,
      ...more,
    };
    const ids = new IdSequence(this.store);
    const installation = { publicUrl: 'https://vault.example' };
    return new AddTargetHandler(this.targets, ids, this.vault, installation).execute(
      new AddTarget(body, this.metadata()),
    );
  }

  async queue(
    noticeId: string,
    targetId: number,
    expiresAt: string | null = null,
    more: Partial<Notice> = {},
    settlesAt: string | null = null,
  ): Promise<void> {
    const at = new Date(this.now).toISOString();
    const notice: Notice = {
      kind: 'recording.completed',
      severity: 'success',
      title: noticeId,
      text: '',
      at,
      streamerId: 3,
      recordingId: 7,
      videoId: null,
      link: null,
      streamerName: 'Ada',
      show: 'Evening show',
      ...more,
    };
    const { position } = await this.deliveries.handle(
      noticeId,
      { type: 'QueueNotice', noticeId, targetId, notice, sourceEventId: 'e', expiresAt, settlesAt, at },
      this.metadata(),
    );
    if (position !== undefined) await this.projections.waitFor(position, { timeoutMs: 5000 });
  }

  /** Everything that is due now, as the read model shows it then. */
  async look(worker: DeliveryWorker): Promise<void> {
    await this.caughtUp();
    await worker.look();
    await worker.idle();
    await this.caughtUp();
  }

  async caughtUp(): Promise<void> {
    const head = await this.store.headPosition();
    if (head !== undefined) await this.projections.waitFor(head, { timeoutMs: 5000 });
  }

  async states(): Promise<Record<string, unknown>> {
    return Object.fromEntries((await this.list()).map(({ id, state, deadBecause }) => [id, deadBecause ?? state]));
  }

  async list(): Promise<NoticeDelivery[]> {
    const filter = { targetId: undefined, state: undefined, limit: 50, before: undefined };
    return (await new ListDeliveriesHandler(this.orm.em).execute(new ListDeliveries(filter))).items;
  }
}
