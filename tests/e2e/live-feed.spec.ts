import { expect, it } from '@jest/globals';
import type { LoggedEvent } from '@streamvault/api-contract';
import { shortRecording } from './support/short-recording.js';
import { until } from './support/until.js';
import { inWorld } from './support/world.js';

const positions = (events: readonly LoggedEvent[]) => events.map(({ position }) => Number(position));

it(
  'sends every event in the order of the log, with its position as id, once the read models show it',
  inWorld(async (world) => {
    const server = await world.server();
    const feed = await server.follow();
    const { recording } = await shortRecording(world, server);
    await feed.event('RecordingCompleted');
    const told = feed.messages.filter(({ name }) => name === 'event');
    expect(told.map(({ id }) => id)).toEqual(feed.events.map(({ position }) => position));
    const order = positions(feed.events);
    expect(order).toEqual(order.toSorted((left, right) => left - right));
    expect(new Set(order).size).toBe(order.length);
    const story = feed.events.filter(({ stream }) => stream === `recording-${recording.id}`);
    expect(story).toEqual(await server.api.story(recording.id));
    expect(feed.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['StreamerAdded', 'VideoAdded']));
    // The kernel's own bookkeeping is not sent. Jobs run at their hours, which may be now.
    const shown = /^((streamer|broadcast|recording|video)-\d+|job-[a-z-]+|preflight-all)$/;
    expect(feed.events.filter(({ stream }) => !shown.test(stream))).toEqual([]);
  }),
);

it(
  'shows in the read models what it sends',
  inWorld(async (world) => {
    const server = await world.server();
    const feed = await server.follow();
    const origin = await world.origin();
    for (let count = 1; count <= 5; count += 1) {
      const added = server.api.addStreamer({ url: `${origin.base}/${count}.m3u8` });
      await feed.next(`streamer ${count} was told of`, ({ name }) => {
        return name === 'event' && feed.events.filter(({ type }) => type === 'StreamerAdded').length === count;
      });
      expect((await server.api.streamers()).items).toHaveLength(count);
      await added;
    }
  }),
);

it(
  'continues after the last event that was seen: nothing is missing or doubled, over a kill and a restart',
  inWorld(async (world) => {
    const server = await world.server();
    const first = await server.follow();
    const origin = await world.origin({ pace: 1, window: 30 });
    const { id } = await server.api.addStreamer({ url: origin.url });
    const { recordingId } = await server.api.start(id);
    await first.event('PartOpened');
    // One viewer left in the middle, and one was cut off.
    const early = first.events.find(({ type }) => type === 'CaptureStarting')!.position;
    await server.kill();
    await first.ended;
    await server.start();
    const resumed = await server.follow(first.lastEventId);
    const behind = await server.follow(early);
    await server.api.reaches(recordingId, 'capturing');
    await server.restart();
    await resumed.ended;
    const again = await server.follow(resumed.lastEventId);
    await server.api.reaches(recordingId, 'capturing');
    await server.api.stop(id);
    await again.event('RecordingCompleted');

    const all = await server.follow('0');
    const whole = positions(all.events);
    expect(positions([...first.events, ...resumed.events, ...again.events])).toEqual(whole);
    expect(positions(behind.events)).toEqual(
      whole.filter((position) => position > Number(early) && position <= positions(behind.events).at(-1)!),
    );
    expect(all.events.filter(({ stream }) => stream === `recording-${recordingId}`)).toEqual(
      await server.api.story(recordingId),
    );
  }),
);

it(
  'starts at the present by default, and takes the position as a parameter too',
  inWorld(async (world) => {
    const server = await world.server();
    await server.api.addStreamer({ url: 'http://127.0.0.1:9/1.m3u8' });
    const present = await server.follow();
    await server.api.addStreamer({ url: 'http://127.0.0.1:9/2.m3u8' });
    await present.event('StreamerAdded');
    expect(present.events).toHaveLength(1);
    const answer = await server.api.fetch('/api/live?lastEventId=0');
    const reader = answer.body!.getReader();
    let text = '';
    await until('both were told', async () => {
      text += Buffer.from((await reader.read()).value ?? []).toString();
      return (text.match(/StreamerAdded/g) ?? []).length === 2;
    });
    await reader.cancel();
    expect(answer.headers.get('content-type')).toContain('text/event-stream');
    expect(answer.headers.get('cache-control')).toContain('no-store');
  }),
);

it(
  'sends progress at most once a second, with growing figures, and is silent afterwards',
  inWorld(async (world) => {
    const server = await world.server();
    const feed = await server.follow();
    const origin = await world.origin({ pace: 1, window: 10 });
    const { id } = await server.api.addStreamer({ url: origin.url });
    const { recordingId } = await server.api.start(id);
    const ofIt = () =>
      feed.progress.filter(({ recordings }) => recordings.some((one) => one.recordingId === recordingId));
    await feed.next('progress came five times', () => ofIt().length >= 5);
    await server.api.stop(id);
    await feed.event('RecordingCompleted');
    const told = ofIt();
    expect(feed.messages.filter(({ name }) => name === 'progress').every((message) => message.id === undefined)).toBe(
      true,
    );
    // The first may fall anywhere between two ticks.
    const pauses = told.slice(1).map(({ receivedAt }, index) => receivedAt - told[index]!.receivedAt);
    for (const pause of pauses.slice(1)) expect(pause).toBeGreaterThan(800);
    const figures = told.map(({ recordings }) => recordings[0]!);
    const bytes = figures.map((figure) => figure.bytes);
    expect(bytes).toEqual(bytes.toSorted((left, right) => left - right));
    expect(bytes.at(-1)).toBeGreaterThan(bytes[0]!);
    expect(figures.at(-1)).toMatchObject({ recordingId, lastByteAt: expect.any(String) });
    expect(figures.at(-1)!.lastByteAgeSeconds).toBeLessThan(5);
    expect(figures.at(-1)!.bytesPerSecond).toBeGreaterThan(0);
    expect((await server.ledger(recordingId)).totals.bytes).toBeGreaterThanOrEqual(bytes.at(-1)!);
  }),
);

it(
  'refuses what is no position',
  inWorld(async (world) => {
    const server = await world.server();
    for (const id of ['abc', '-1', '1.5', '99999999999999999999', '1 2'])
      for (const asked of [
        { path: '/api/live', headers: { 'Last-Event-ID': id } },
        { path: `/api/live?lastEventId=${encodeURIComponent(id)}`, headers: {} },
      ])
        expect(await server.api.refusal('GET', asked.path, asked)).toMatchObject({ status: 400 });
  }),
);
