import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import { Claims, CommandHandling, type CommandMetadata, EventRegistry, IdSequence } from '@streamvault/kernel';
import { BroadcastStreams } from '../broadcast-streams.js';
import { broadcastEvents } from '../domain/broadcast-events.js';
import { barely, type Liveness, type Sighting } from '../domain/sighting.js';
import type { BroadcastPolicy } from '../domain/verdict.js';
import { ReportSighting } from './report-sighting/report-sighting.command.js';
import { ReportSightingHandler } from './report-sighting/report-sighting.handler.js';
import { type BroadcastNews, TellBroadcast } from './tell-broadcast/tell-broadcast.command.js';
import { TellBroadcastHandler } from './tell-broadcast/tell-broadcast.handler.js';

const minute = (number: number): string => new Date(Date.UTC(2026, 10, 30, 18, number)).toISOString();
const policy: BroadcastPolicy = {
  patienceSeconds: 720,
  stopsOnChangeAfterSeconds: null,
  judge: () => ({
    decision: 'record',
    rule: null,
    reason: { code: 'auto-record.on', message: 'Automatic recording is on.' },
    judgeAgainAt: null,
  }),
};

class World {
  readonly store = new MemoryEventStore();
  readonly policies = new Map<number, BroadcastPolicy>([[3, policy]]);
  readonly #policies = { of: (streamerId: number) => Promise.resolve(this.policies.get(streamerId)) };
  #commands = 0;

  /** Another process has streams of its own over the same log. */
  streams = (): BroadcastStreams =>
    new BroadcastStreams(
      new CommandHandling({ store: this.store, registry: new EventRegistry(broadcastEvents) }),
      new Claims(this.store),
      new IdSequence(this.store),
    );
  readonly own = this.streams();

  metadata = (now: string): CommandMetadata => ({
    commandId: `command ${(this.#commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'automation',
    now,
  });

  see = (word: Liveness, at: string, more: Partial<Sighting> = {}, streams = this.own, streamerId = 3) =>
    new ReportSightingHandler(streams, this.#policies).execute(
      new ReportSighting(streamerId, { ...barely('eventsub', word, at), ...more }, this.metadata(at)),
    );
  tell = (broadcastId: number, news: BroadcastNews, at: string) =>
    new TellBroadcastHandler(this.own, this.#policies).execute(new TellBroadcast(broadcastId, news, this.metadata(at)));

  types = (broadcastId: number) =>
    Array.fromAsync(this.store.readStream(`broadcast-${broadcastId}`), ({ type }) => type);
}

describe('the commands of broadcasts', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });

  it('start a broadcast when a witness sees the streamer live, and decide about it at once', async () => {
    const seen = await world.see('live', minute(0), { platformId: '42' });
    expect(seen?.state).toMatchObject({ context: { broadcastId: 1, streamerId: 3, platformIds: ['42'] } });
    expect(await world.types(1)).toEqual(['BroadcastStarted', 'RecordingDecided']);
  });

  it('start one broadcast for all witnesses, in all processes', async () => {
    await Promise.all([
      world.see('live', minute(0), { platformId: '42' }),
      world.see('live', minute(0), { witness: 'helix', platformId: '42' }),
      world.see('live', minute(0), { witness: 'playlist' }, world.streams()),
    ]);
    const { context } = (await world.own.open(3)) ?? {};
    expect([...(context?.seenBy ?? [])].toSorted()).toEqual(['eventsub', 'helix', 'playlist']);
    const other = context?.broadcastId === 1 ? 2 : 1;
    expect(await world.types(other)).toEqual([]);
  });

  it('write nothing while a streamer is offline, or was removed from the list', async () => {
    expect((await world.see('offline', minute(0)))?.events).toEqual([]);
    world.policies.clear();
    expect(await world.see('live', minute(1))).toBeUndefined();
    expect(await world.own.latest(3)).toBeUndefined();
  });

  it('start the next broadcast after the last one is over', async () => {
    await world.see('live', minute(0), { platformId: '42' });
    await world.see('offline', minute(30));
    await world.see('offline', minute(31), { witness: 'helix' });
    await world.tell(1, { type: 'PassTime' }, minute(60));
    expect(await world.own.open(3)).toBeUndefined();
    await world.see('live', minute(90), { platformId: '43' });
    expect((await world.own.open(3))?.context).toMatchObject({ broadcastId: 2, formerIds: ['42'] });
  });

  it('note what the recording does, without asking for settings', async () => {
    await world.see('live', minute(0));
    world.policies.clear();
    await world.tell(1, { type: 'NoteRecording', recordingId: 9 }, minute(1));
    expect((await world.own.current(1))?.context.recordingId).toBe(9);
    await world.tell(1, { type: 'Override', by: 'ada', wish: 'stop' }, minute(2));
    expect((await world.own.current(1))?.context.override?.wish).toBe('stop');
  });

  it('judge by the present settings, and write only what differs', async () => {
    const reason = { code: 'auto-record.off', message: 'Automatic recording is off.' };
    const skip = { decision: 'skip', rule: null, reason, judgeAgainAt: null } as const;
    world.policies.set(3, { ...policy, judge: () => skip });
    await world.see('live', minute(0));
    await world.tell(1, { type: 'Reconsider' }, minute(1));
    expect(await world.types(1)).toEqual(['BroadcastStarted', 'RecordingDecided']);
    expect((await world.own.current(1))?.context.decision).toMatchObject({ decision: 'skip', reason });
    world.policies.set(3, policy);
    await world.tell(1, { type: 'Reconsider' }, minute(2));
    expect((await world.own.current(1))?.context.decision).toMatchObject({ decision: 'record' });
  });

  it('end the broadcast of a streamer who was removed from the list', async () => {
    await world.see('live', minute(0));
    world.policies.clear();
    await world.tell(1, { type: 'PassTime' }, minute(1));
    expect((await world.own.current(1))?.value).toBe('ended');
    const before = await world.types(1);
    await world.tell(1, { type: 'PassTime' }, minute(2));
    expect(await world.types(1)).toEqual(before);
  });

  it('are never refused, also about a broadcast that does not exist', async () => {
    expect(await world.tell(9, { type: 'PassTime' }, minute(0))).toMatchObject({ events: [] });
    expect(await world.tell(9, { type: 'NoteRecording', recordingId: 9 }, minute(0))).toMatchObject({ events: [] });
  });
});
