import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { House, start } from './outbox-house.testing.js';
import { Receiver } from './receiver.testing.js';

const hour = 3_600_000;
const later = (hours: number) => new Date(start + hours * hour).toISOString();

describe('the manner of telling', () => {
  let house: House;
  let receiver: Receiver;
  const told = () => receiver.got.map(({ body }) => (JSON.parse(body) as { data: { title: string } }).data.title);

  beforeEach(async () => {
    house = await House.open();
    receiver = await Receiver.start();
  });
  afterEach(async () => {
    await receiver.stop();
    await house.close();
  });

  // 13:00 in Berlin.
  const noon = { from: '12:30', to: '14:00', zone: null };

  it('is silent in quiet hours, except for failures, and afterwards combines what is still news', async () => {
    const target = await house.add(receiver.origin, { quiet: noon });
    await house.queue('one', target);
    await house.queue('gone by then', target, later(0.25));
    await house.queue('two', target);
    await house.queue('failed', target, null, { severity: 'failure' });
    const worker = house.worker('one');
    await house.look(worker);
    await house.look(worker);
    expect(told()).toEqual(['failed']);
    expect((await house.list()).find(({ id }) => id === 'one')).toMatchObject({
      state: 'pending',
      heldBecause: 'quiet-hours',
      dueAt: '2026-11-30T13:00:00.000Z',
    });
    house.now = start + hour - 1;
    await house.look(worker);
    expect(told()).toHaveLength(1);
    house.now = start + hour;
    await house.look(worker);
    await house.look(worker);
    expect(told()).toEqual(['failed', '2 notices']);
    expect(JSON.parse(receiver.got[1]?.body ?? '')).toMatchObject({
      type: 'digest',
      data: { text: '13:00 one\n13:00 two' },
    });
    expect(await house.states()).toMatchObject({ one: 'digested', two: 'digested', 'gone by then': 'expired' });
  });

  it('is once a day if wanted', async () => {
    const target = await house.add(receiver.origin, { digestAt: '18:00' });
    await house.queue('one', target, later(0.25));
    await house.queue('two', target);
    const worker = house.worker('one');
    await house.look(worker);
    house.now = start + 5 * hour;
    for (let looks = 0; looks < 3; looks++) await house.look(worker);
    expect(told()).toEqual(['2 notices']);
    await house.queue('three', target);
    await house.look(worker);
    expect((await house.list()).find(({ id }) => id === 'three')?.dueAt).toBe('2026-12-01T17:00:00.000Z');
    house.now += 24 * hour;
    await house.look(worker);
    // A single one needs no digest.
    expect(told()).toEqual(['2 notices', 'three']);
  });

  it('is combined when there are many, also across a restart in between', async () => {
    const target = await house.add(receiver.origin);
    for (let number = 1; number <= 23; number++) await house.queue(`n${number}`, target);
    await house.look(house.worker('one'));
    // The digest was queued by then, and the process ended before it was sent.
    await house.look(house.worker('two'));
    expect(told()).toEqual(['23 notices']);
    expect(new Set(Object.values(await house.states()))).toEqual(new Set(['digested', 'delivered']));
  });

  it('sends no more than twenty in ten minutes one by one', async () => {
    const target = await house.add(receiver.origin);
    const worker = house.worker('one');
    for (let number = 1; number <= 22; number++) {
      await house.queue(`n${number}`, target);
      await house.look(worker);
      house.now += 1000;
    }
    expect(told()).toHaveLength(20);
    house.now += 600_000;
    await house.look(worker);
    await house.look(worker);
    expect(told().slice(20)).toEqual(['2 notices']);
  });

  it('uses the texts of its templates', async () => {
    const templates = { 'recording.completed': { title: '{{streamer}}: {{show}}', text: null } } as const;
    const target = await house.add(receiver.origin, { templates });
    await house.queue('one', target);
    await house.look(house.worker('one'));
    expect(told()).toEqual(['Ada: Evening show']);
    await expect(
      house.add(receiver.origin, { templates: { 'disk.full': { title: '{{game}}', text: null } } }),
    ).rejects.toThrow(/names \{\{game\}\}/);
  });

  it('waits for related events, and merges with them or becomes obsolete', async () => {
    const target = await house.add(receiver.origin);
    const soon = new Date(start + 30_000).toISOString();
    await house.queue('live', target, null, { kind: 'streamer.live', severity: 'info' }, soon);
    await house.queue('interrupted', target, null, { kind: 'recording.interrupted', severity: 'warning' }, soon);
    const worker = house.worker('one');
    await house.look(worker);
    expect(receiver.got).toHaveLength(0);
    const at = new Date(start).toISOString();
    const live = (await house.deliveries.current('live')).state!;
    const notice = { ...live.notice, title: 'Ada is live and being recorded' };
    await house.deliveries.handle('live', { type: 'Merge', notice, mergedEventId: 'e2', at }, house.metadata());
    const cause = { code: 'notification.superseded', message: 'It went on.' };
    const over = { type: 'GiveUp', attempt: 0, reason: 'superseded', cause, at } as const;
    await house.deliveries.handle('interrupted', over, house.metadata());
    await house.look(worker);
    expect(told()).toEqual(['Ada is live and being recorded']);
    house.now += 60_000;
    await house.look(worker);
    expect(await house.states()).toEqual({ live: 'delivered', interrupted: 'superseded' });
  });
});
