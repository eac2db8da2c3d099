import { expect, it } from '@jest/globals';
import { inWorld } from './support/world.js';

const figure = (metrics: string, name: string, recordingId: number): number =>
  Number(
    new RegExp(`^streamvault_recording_${name}\\{recording="${recordingId}",streamer="[^"]+"\\} (\\S+)$`, 'm').exec(
      metrics,
    )?.[1],
  );

it(
  'a recording says what it got, missed, left out and waited for, while it runs and afterwards',
  inWorld(async (world) => {
    const server = await world.server();
    const feed = await server.follow();
    const origin = await world.origin({ window: 12, initial: 4 });
    origin.faults.segments({ kind: 'status', status: 503 }, [2], 2);
    origin.faults.segments({ kind: 'status', status: 404 }, [5]);
    const { id, ads } = await server.api.addStreamer({ url: origin.url });
    expect(ads).toBe('skip');
    const { recordingId } = await server.api.start(id);
    await feed.event('CaptureStarted');
    const refused = origin.requested(/00005\.ts/);
    origin.advance(4);
    await refused;
    // With that, the refused segments leave the list, and their loss is reported as final.
    origin.broadcast.showAds(8);
    origin.advance(10);
    // Nothing more comes: a stall. It is shown while it lasts.
    await feed.event('CaptureInterrupted');
    const stalled = await feed.next('a stall in the figures', ({ name }) => {
      const now = name === 'progress' ? feed.progress.at(-1)?.recordings[0] : undefined;
      return now?.stalledSince !== null && now?.stalledSince !== undefined && now.stallSeconds > 0;
    });
    expect(stalled.data).toMatchObject({
      recordings: [{ recordingId, segments: 9, gapSeconds: 1, adSeconds: 8, capturedRatio: 0.9, reResolves: 0 }],
    });
    const metrics = (await server.api.request('GET', '/metrics')).bytes.toString();
    const told = (name: string) => figure(metrics, name, recordingId);
    expect([told('segments'), told('gap_seconds'), told('ad_seconds'), told('captured_ratio')]).toEqual([9, 1, 8, 0.9]);
    expect(told('stall_seconds')).toBeGreaterThan(0);
    expect(told('retries')).toBeGreaterThanOrEqual(2);

    origin.advance(2);
    await feed.event('CaptureResumed');
    await server.api.stop(id);
    const recording = await server.api.reaches(recordingId, 'completed');
    const [from, to] = [8, 16].map((index) => origin.segments()[index]!.programDateTime);
    expect(recording).toMatchObject({
      segments: 11,
      durationSeconds: 11,
      gapSeconds: 1,
      gaps: [{ seconds: 1, cause: { code: 'source.not-found' } }],
      adSeconds: 8,
      ads: [{ from, to, seconds: 8, kept: false }],
      stalls: [{ cause: { code: 'source.stalled' } }],
      reResolves: 0,
    });
    expect(recording.capturedRatio).toBeCloseTo(11 / 12);
    expect(recording.retries).toBeGreaterThanOrEqual(2);
    const [stall] = recording.stalls;
    expect(recording.stallSeconds).toBeCloseTo((Date.parse(stall!.to!) - Date.parse(stall!.from)) / 1000);
    expect((await server.api.story(recordingId)).map(({ type }) => type)).toContain('AdRecorded');
    expect(await server.api.playlist(recordingId)).toContain('CLASS="streamvault-ad-skipped"');

    // What was counted outlives the recording and the process.
    await server.restart();
    const later = (await server.api.request('GET', '/metrics')).bytes.toString();
    expect(figure(later, 'segments', recordingId)).toBeNaN();
    const sum = (name: string) =>
      Number(new RegExp(`^streamvault_${name}_total\\{outcome="completed"\\} (\\S+)$`, 'm').exec(later)?.[1]);
    expect([sum('recordings'), sum('recorded_bytes'), sum('gap_seconds'), sum('ad_seconds')]).toEqual([
      1,
      recording.bytes,
      1,
      8,
    ]);
  }),
);

it(
  'a streamer may have its advertising kept',
  inWorld(async (world) => {
    const server = await world.server();
    const origin = await world.origin({ window: 12, initial: 4 });
    origin.broadcast.showAds(3);
    origin.advance(6);
    origin.end();
    const { id } = await server.api.addStreamer({ url: origin.url });
    const changed = await server.api.request('PATCH', `/api/streamers/${id}`, { body: { ads: 'keep' } });
    expect([changed.status, (await server.api.streamer(id)).ads]).toEqual([200, 'keep']);
    expect(await server.api.refusal('PATCH', `/api/streamers/${id}`, { body: { ads: 'sell' } })).toMatchObject({
      status: 400,
      errors: [{ path: 'ads' }],
    });
    const { recordingId } = await server.api.start(id);
    expect(await server.api.reaches(recordingId, 'completed')).toMatchObject({
      segments: 10,
      durationSeconds: 10,
      capturedRatio: 1,
      adSeconds: 3,
      ads: [{ seconds: 3, kept: true }],
      gaps: [],
    });
  }),
);
