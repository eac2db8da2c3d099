import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { Claims, CommandHandling, type CommandMetadata, EventRegistry, IdSequence } from '@streamvault/kernel';
import { streamerDefaultsChanged, streamerEvents } from '../domain/streamer-events.js';
import { StreamerStreams } from '../streamer-streams.js';
import { AddStreamer } from './add-streamer/add-streamer.command.js';
import { AddStreamerHandler } from './add-streamer/add-streamer.handler.js';
import { ChangeStreamerDefaults } from './change-defaults/change-defaults.command.js';
import { ChangeStreamerDefaultsHandler } from './change-defaults/change-defaults.handler.js';
import { ChangeStreamer } from './change-streamer/change-streamer.command.js';
import { ChangeStreamerHandler } from './change-streamer/change-streamer.handler.js';
import { RemoveStreamer } from './remove-streamer/remove-streamer.command.js';
import { RemoveStreamerHandler } from './remove-streamer/remove-streamer.handler.js';

const at = '2026-11-30T12:00:00.000Z';
const url = 'https://example.org/live.m3u8';
const camera = 'rtsp://camera.example.org/door';

/** Keeps secrets in memory. */
class MemoryVault {
  readonly texts = new Map<string, string>();
  get = (field: string) => Promise.resolve(this.texts.get(field));
  set = (field: string, text: string) => Promise.resolve(void this.texts.set(field, text));
  erase = (field: string) => Promise.resolve(this.texts.delete(field));
}

class World {
  readonly store = new MemoryEventStore();
  readonly vault = new MemoryVault();
  readonly streams = new StreamerStreams(
    new CommandHandling({
      store: this.store,
      registry: new EventRegistry([...streamerEvents, streamerDefaultsChanged]),
    }),
  );
  /** The streamer's active recording. */
  recordingId: number | undefined;
  readonly #claims = new Claims(this.store);
  readonly #proxies = { names: ['home'] };
  readonly #templates = {
    forAll: () => Promise.resolve('{title}'),
    problemsOf: (template: string) => (template.includes('{title}') ? [] : ['It names no field.']),
  };
  readonly #add = new AddStreamerHandler(
    this.streams,
    this.#claims,
    new IdSequence(this.store),
    this.#proxies,
    this.vault as never,
    this.#templates,
  );
  readonly #change = new ChangeStreamerHandler(this.streams, this.#proxies, this.vault as never, this.#templates);
  readonly #defaults = new ChangeStreamerDefaultsHandler(this.streams, this.#proxies);
  readonly #remove = new RemoveStreamerHandler(
    this.streams,
    this.#claims,
    { active: () => Promise.resolve(new Map()), activeOf: () => Promise.resolve(this.recordingId) },
    this.vault as never,
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

  add = (body: AddStreamer['body'], metadata = this.metadata()) => this.#add.execute(new AddStreamer(body, metadata));
  change = (id: number, body: ChangeStreamer['body'], metadata = this.metadata()) =>
    this.#change.execute(new ChangeStreamer(id, body, metadata));
  changeDefaults = (changes: ChangeStreamerDefaults['changes'], metadata = this.metadata()) =>
    this.#defaults.execute(new ChangeStreamerDefaults(changes, metadata));
  remove = (id: number, metadata = this.metadata()) => this.#remove.execute(new RemoveStreamer(id, metadata));

  /** The types of all events about streamers. */
  types = () => Array.fromAsync(this.store.readAll({ filter: { categories: ['streamer'] } }), ({ type }) => type);

  /** The whole log as text. */
  log = async () => JSON.stringify(await Array.fromAsync(this.store.readAll(), ({ data }) => data));
}

describe('the commands of streamers', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  const refused = (code: string) => expect.objectContaining({ code });

  it('add a streamer, with its name from the address and the choices that were made', async () => {
    expect(await world.add({ url, quality: '720p' })).toMatchObject({ streamerId: 1 });
    expect(await world.streams.find(1)).toMatchObject({ url, platform: 'hls', quality: '720p', autoRecord: false });
    expect((await world.streams.find(1))?.inherited).not.toContain('quality');
  });

  it('refuse a second streamer with the same address, and use up no number', async () => {
    await world.add({ url });
    await expect(world.add({ url: `${url}#again` })).rejects.toMatchObject({
      code: 'streamer.already-added',
      details: { streamerId: 1 },
    });
    expect(await world.add({ url: `${url}?2` })).toMatchObject({ streamerId: 2 });
  });

  it('answer a repeated command as the first time', async () => {
    const metadata = world.metadata();
    const first = await world.add({ url }, metadata);
    expect(await world.add({ url }, metadata)).toEqual(first);
    expect(await world.types()).toEqual(['StreamerAdded']);
  });

  it('store credentials in the vault and never in the log', async () => {
    await world.add({ url: camera.replace('://', '://ada:lighthouse@') });
    expect([...world.vault.texts.values()]).toEqual([expect.stringContaining('lighthouse')]);
    await world.change(1, { credentials: { user: 'ada', password: 'ferry' } });
    expect([...world.vault.texts.values()]).toEqual([expect.stringContaining('ferry')]);
    expect(await world.log()).not.toMatch(/lighthouse|ferry/);
    await world.change(1, { credentials: null });
    expect(world.vault.texts.size).toBe(0);
  });

  it('change what is named, keep what is omitted, and take back what is null', async () => {
    await world.add({ url, name: 'Ferry', quality: '720p', autoRecord: true });
    await world.change(1, { name: 'Night ferry', quality: null });
    expect(await world.streams.find(1)).toMatchObject({ name: 'Night ferry', quality: 'best', autoRecord: true });
  });

  it('leave naming and notices to what applies to all, unless a streamer has its own', async () => {
    await world.add({ url, nameTemplate: '{date} {title}' });
    await world.changeDefaults({ notices: ['disk.full'] });
    expect(await world.streams.find(1)).toMatchObject({ nameTemplate: '{date} {title}', notices: ['disk.full'] });
    await world.change(1, { nameTemplate: null, notices: ['recording.failed'] });
    const found = await world.streams.find(1);
    expect(found).toMatchObject({ nameTemplate: null, notices: ['recording.failed'] });
    expect(found?.inherited).toContain('nameTemplate');
    await expect(world.change(1, { nameTemplate: 'all' })).rejects.toEqual(refused('streamer.name-template'));
    await expect(world.add({ url: `${url}?2`, nameTemplate: 'all' })).rejects.toEqual(
      refused('streamer.name-template'),
    );
  });

  it('change what applies to all streamers without a choice of their own', async () => {
    await world.add({ url });
    await world.add({ url: `${url}?2`, quality: '480p' });
    await world.changeDefaults({ quality: '1080p' });
    expect((await world.streams.find(1))?.quality).toBe('1080p');
    expect((await world.streams.find(2))?.quality).toBe('480p');
  });

  it('remove a streamer with its credentials, so that its address can be added again', async () => {
    await world.add({ url: camera, credentials: { user: 'ada', password: 'lighthouse' } });
    await world.remove(1);
    expect(await world.streams.find(1)).toBeUndefined();
    expect(world.vault.texts.size).toBe(0);
    expect(await world.add({ url: camera })).toMatchObject({ streamerId: 2 });
  });

  it('do not remove a streamer that is being recorded', async () => {
    await world.add({ url });
    world.recordingId = 9;
    await expect(world.remove(1)).rejects.toMatchObject({
      code: 'streamer.recording',
      details: { streamerId: 1, recordingId: 9 },
    });
    expect(await world.types()).toEqual(['StreamerAdded']);
  });

  it.each<[what: string, code: string, act: (metadata?: CommandMetadata) => Promise<unknown>]>([
    ['an address that is none', 'streamer.source-not-supported', () => world.add({ url: 'nonsense' })],
    ['an unknown proxy', 'streamer.unknown-proxy', () => world.add({ url, proxies: ['work'] })],
    ['an unknown proxy later', 'streamer.unknown-proxy', () => world.change(1, { proxies: ['home', 'work'] })],
    ['an unknown proxy for all', 'streamer.unknown-proxy', () => world.changeDefaults({ proxies: ['work'] })],
    ['to change a streamer that is not there', 'streamer.not-found', () => world.change(7, { name: 'x' })],
    ['credentials for one that is not there', 'streamer.not-found', () => world.change(7, { credentials: null })],
    ['to remove a streamer that is not there', 'streamer.not-found', () => world.remove(7)],
  ])('refuse %s', async (_, code, act) => {
    await expect(act()).rejects.toEqual(refused(code));
    expect(await world.types()).toEqual([]);
    expect(world.vault.texts.size).toBe(0);
  });

  it.each<[permission: string, act: (metadata: CommandMetadata) => Promise<unknown>]>([
    ['streamers.change', (metadata) => world.add({ url }, metadata)],
    ['streamers.change', (metadata) => world.change(1, {}, metadata)],
    ['streamers.change', (metadata) => world.remove(1, metadata)],
    ['settings.change', (metadata) => world.changeDefaults({}, metadata)],
  ])('need the permission %s', async (permission, act) => {
    const may = (wanted: string) => wanted !== permission;
    await expect(act(world.metadata({ may }))).rejects.toEqual(refused('request.forbidden'));
  });
});
