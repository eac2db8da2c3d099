import { beforeEach, describe, expect, it } from '@jest/globals';
import type { AddTargetBody } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EventRegistry, IdSequence } from '@streamvault/kernel';
import type { Target } from '../domain/target-decider.js';
import { targetEvents } from '../domain/target-events.js';
import type { SendResult } from '../sending/send-result.js';
import { TargetStreams } from '../target-streams.js';
import type { OutgoingNotice } from '../targets/outgoing.js';
import { AddTarget } from './add-target/add-target.command.js';
import { AddTargetHandler } from './add-target/add-target.handler.js';
import { ChangeTarget } from './change-target/change-target.command.js';
import { ChangeTargetHandler } from './change-target/change-target.handler.js';
import { RemoveTarget } from './remove-target/remove-target.command.js';
import { RemoveTargetHandler } from './remove-target/remove-target.handler.js';
import { TestTarget } from './test-target/test-target.command.js';
import { TestTargetHandler } from './test-target/test-target.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const webhook: AddTargetBody = {
  name: 'Phone',
  settings: { kind: 'webhook', format: 'standard' },
  credentials: { url: 'https://example.org/in/lighthouse' },
  kinds: null,
  streamerIds: null,
  quiet: null,
  digestAt: null,
  templates: {},
  enabled: true,
};
const push: AddTargetBody = {
  ...webhook,
  settings: { kind: 'webpush' },
  credentials: {
    subscription: JSON.stringify({
      endpoint: 'https://push.example/1',
      keys: {
        p256dh: Buffer.alloc(65, 4).toString('base64url'),
        auth: Buffer.alloc(16, 1).toString('base64url'),
      },
    }),
  },
};

/** Keeps secrets in memory. */
class MemoryVault {
  readonly texts = new Map<string, string>();
  get = (field: string) => Promise.resolve(this.texts.get(field));
  set = (field: string, text: string) => Promise.resolve(void this.texts.set(field, text));
  erase = (field: string) => Promise.resolve(this.texts.delete(field));
}

/** Sends nothing, and answers what the test wants. */
class FakeSender {
  readonly sent: { readonly target: Target; readonly notice: OutgoingNotice }[] = [];
  result: SendResult = { verdict: { kind: 'delivered' }, status: 204, answer: '' };
  send = (target: Target, notice: OutgoingNotice) => {
    this.sent.push({ target, notice });
    return Promise.resolve(this.result);
  };
}

class World {
  readonly store = new MemoryEventStore();
  readonly vault = new MemoryVault();
  readonly sender = new FakeSender();
  readonly installation: { publicUrl?: string } = { publicUrl: 'https://vault.example' };
  readonly targets = new TargetStreams(
    new CommandHandling({ store: this.store, registry: new EventRegistry(targetEvents) }),
  );
  #commands = 0;

  metadata = (more: Partial<CommandMetadata> = {}): CommandMetadata => ({
    commandId: `command ${(this.#commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: at,
    ...more,
  });

  add = (body: Partial<AddTargetBody> = {}, metadata = this.metadata()) =>
    new AddTargetHandler(
      this.targets,
      new IdSequence(this.store),
      this.vault as never,
      this.installation as never,
    ).execute(new AddTarget({ ...webhook, ...body }, metadata));
  change = (id: number, body: ChangeTarget['body'], metadata = this.metadata()) =>
    new ChangeTargetHandler(this.targets, this.vault as never).execute(new ChangeTarget(id, body, metadata));
  remove = (id: number, metadata = this.metadata()) =>
    new RemoveTargetHandler(this.targets, this.vault as never).execute(new RemoveTarget(id, metadata));
  test = (id: number, metadata = this.metadata()) =>
    new TestTargetHandler(this.targets, this.sender as never, this.installation as never).execute(
      new TestTarget(id, metadata),
    );

  types = () => Array.fromAsync(this.store.readStream('notification_targets-all'), ({ type }) => type);

  /** The whole log as text. */
  log = async () => JSON.stringify(await Array.fromAsync(this.store.readAll(), ({ data }) => data));
}

describe('the commands of notification targets', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('add a target: its address goes into the vault, and only its origin into the log', async () => {
    expect(await world.add()).toBe(1);
    expect(await world.targets.get(1)).toMatchObject({ name: 'Phone', origin: 'https://example.org', enabled: true });
    expect([...world.vault.texts]).toEqual([['notifications.target.1.url', webhook.credentials.url]]);
    expect(await world.log()).not.toContain('lighthouse');
    expect(await world.add({ name: 'Tablet' })).toBe(2);
  });

  it('keep only templates that have a text', async () => {
    const title = { title: '{{title}}', text: null };
    await world.add({ templates: { 'recording.failed': title, 'recording.completed': { title: null, text: null } } });
    expect((await world.targets.get(1)).templates).toEqual({ 'recording.failed': title });
  });

  it('change what is named, and keep what is omitted, secrets included', async () => {
    await world.add({ kinds: ['recording.failed'] });
    await world.change(1, { name: 'Tablet' });
    expect(await world.targets.get(1)).toMatchObject({
      name: 'Tablet',
      kinds: ['recording.failed'],
      origin: 'https://example.org',
    });
    expect([...world.vault.texts.values()]).toEqual([webhook.credentials.url]);
  });

  it('move a target to another address, and erase an optional secret', async () => {
    const secret = `whsec_${Buffer.alloc(32, 7).toString('base64')}`;
    await world.add({ credentials: { ...webhook.credentials, secret } });
    await world.change(1, { credentials: { url: 'https://example.net/ferry', secret: null } });
    expect((await world.targets.get(1)).origin).toBe('https://example.net');
    expect([...world.vault.texts.values()]).toEqual(['https://example.net/ferry']);
  });

  it('remove a target with its secrets', async () => {
    await world.add();
    await world.remove(1);
    expect((await world.targets.all()).size).toBe(0);
    expect(world.vault.texts.size).toBe(0);
    expect(await world.types()).toEqual(['NotificationTargetAdded', 'NotificationTargetRemoved']);
  });

  it('store no secret of a target that was refused', async () => {
    for (let count = 0; count < 100; count += 1) await world.add();
    await expect(world.add()).rejects.toMatchObject({ code: 'notification.too-many-targets' });
    expect(world.vault.texts.size).toBe(100);
  });

  it('keep the secrets if it is unknown whether the target was written', async () => {
    world.store.append = () => Promise.reject(new Error('The connection was lost.'));
    const ids = { next: () => Promise.resolve(1) };
    const handler = new AddTargetHandler(
      world.targets,
      ids as never,
      world.vault as never,
      world.installation as never,
    );
    await expect(handler.execute(new AddTarget(webhook, world.metadata()))).rejects.toThrow('The connection was lost.');
    expect(world.vault.texts.size).toBe(1);
  });

  it('test a target once, also one that is switched off, and store nothing', async () => {
    await world.add({ enabled: false });
    expect(await world.test(1)).toMatchObject({ delivered: true, status: 204, failure: null });
    expect(world.sender.sent).toMatchObject([
      { target: { targetId: 1 }, notice: { isTest: true, at, link: 'https://vault.example' } },
    ]);
    expect(await world.types()).toEqual(['NotificationTargetAdded']);
  });

  it('say why a test did not arrive', async () => {
    await world.add();
    const verdict = { kind: 'gone', code: 'notification.gone', message: 'It is gone.' } as const;
    world.sender.result = { verdict, status: 410, answer: 'Gone' };
    expect(await world.test(1)).toMatchObject({
      delivered: false,
      status: 410,
      answer: 'Gone',
      failure: { code: 'notification.gone', message: 'It is gone.' },
    });
  });

  it.each<[what: string, body: Partial<AddTargetBody>]>([
    ['without its address', { credentials: {} }],
    ['with an address that is none', { credentials: { url: 'lighthouse' } }],
    ['with a secret that its kind does not take', { credentials: { ...webhook.credentials, token: 'x' } }],
    ['with an unknown time zone', { quiet: { from: '22:00', to: '06:00', zone: 'Atlantis' } }],
    ['with an unknown variable in a template', { templates: { 'disk.full': { title: '{{nothing}}', text: null } } }],
  ])('refuse a target %s, and store nothing', async (_, body) => {
    await expect(world.add(body)).rejects.toMatchObject({ code: 'notification.invalid-target' });
    expect(await world.types()).toEqual([]);
    expect(world.vault.texts.size).toBe(0);
  });

  it('refuse web push while StreamVault is not reached by https', async () => {
    world.installation.publicUrl = 'http://vault.example';
    await expect(world.add(push)).rejects.toMatchObject({ code: 'notification.invalid-target' });
    world.installation.publicUrl = 'https://vault.example';
    expect(await world.add(push)).toBe(1);
  });

  it.each<[what: string, body: ChangeTarget['body']]>([
    ['take away what it needs', { credentials: { url: null } }],
    ['make it another kind', { settings: { kind: 'discord' } }],
    ['take a secret of another kind', { credentials: { token: 'x' } }],
  ])('refuse to %s, and change nothing', async (_, body) => {
    await world.add();
    await expect(world.change(1, body)).rejects.toMatchObject({ code: 'notification.invalid-target' });
    expect(await world.types()).toEqual(['NotificationTargetAdded']);
    expect([...world.vault.texts.values()]).toEqual([webhook.credentials.url]);
  });

  it.each<[what: string, act: () => Promise<unknown>]>([
    ['change', () => world.change(7, { name: 'x' })],
    ['remove', () => world.remove(7)],
    ['test', () => world.test(7)],
  ])('refuse to %s a target that is not there', async (_, act) => {
    await expect(act()).rejects.toMatchObject({ code: 'notification.target-not-found' });
    expect(world.sender.sent).toEqual([]);
  });

  it.each<[what: string, act: (metadata: CommandMetadata) => Promise<unknown>]>([
    ['add', (metadata) => world.add({}, metadata)],
    ['change', (metadata) => world.change(1, {}, metadata)],
    ['remove', (metadata) => world.remove(1, metadata)],
    ['test', (metadata) => world.test(1, metadata)],
  ])('need a permission to %s', async (_, act) => {
    const may = (wanted: string) => wanted !== 'notifications.change';
    await expect(act(world.metadata({ may }))).rejects.toMatchObject({ code: 'request.forbidden' });
  });
});
