import { beforeEach, describe, expect, it } from '@jest/globals';
import { MemoryEventStore } from '@streamvault/event-store';
import {
  Claims,
  CommandHandling,
  type CommandMetadata,
  DomainError,
  EventRegistry,
  IdSequence,
} from '@streamvault/kernel';
import { ActiveRecordingClaim } from '../active-recording-claim.js';
import { stateName } from '../domain/lifecycle.js';
import type { RecordingReport } from '../domain/recording-commands.js';
import { defaultRecordingPolicy } from '../domain/recording-policy.js';
import { recordingEvents } from '../domain/recording-registry.js';
import { after, sampleCause, t0 } from '../domain/recording-samples.testing.js';
import type { RecordedStreamer } from '../ports.js';
import { RecordingStreams } from '../recording-streams.js';
import { CancelRecording } from './cancel-recording/cancel-recording.command.js';
import { CancelRecordingHandler } from './cancel-recording/cancel-recording.handler.js';
import { ChangeRecordingDetails } from './change-recording-details/change-recording-details.command.js';
import { ChangeRecordingDetailsHandler } from './change-recording-details/change-recording-details.handler.js';
import { ReportToRecording } from './report-to-recording/report-to-recording.command.js';
import { ReportToRecordingHandler } from './report-to-recording/report-to-recording.handler.js';
import { RetryRecording } from './retry-recording/retry-recording.command.js';
import { RetryRecordingHandler } from './retry-recording/retry-recording.handler.js';
import { RetryStep } from './retry-step/retry-step.command.js';
import { RetryStepHandler } from './retry-step/retry-step.handler.js';
import { SkipStep } from './skip-step/skip-step.command.js';
import { SkipStepHandler } from './skip-step/skip-step.handler.js';
import { type RecordingOccasion, StartRecording } from './start-recording/start-recording.command.js';
import { StartRecordingHandler } from './start-recording/start-recording.handler.js';
import { StopRecording } from './stop-recording/stop-recording.command.js';
import { StopRecordingHandler } from './stop-recording/stop-recording.handler.js';

const ada: RecordedStreamer = {
  id: 3,
  name: 'Ada',
  url: 'https://example.org/live.m3u8',
  platform: 'hls',
  quality: '720p',
  ads: 'keep',
  proxies: ['home'],
};

class DiskTooFull extends DomainError {
  readonly code = 'disk.low';
  readonly kind = 'conflict';
}

class World {
  readonly store = new MemoryEventStore();
  readonly streams = new RecordingStreams(
    new CommandHandling({ store: this.store, registry: new EventRegistry(recordingEvents) }),
    defaultRecordingPolicy,
  );
  hasRoom = true;
  readonly #claim = new ActiveRecordingClaim(new Claims(this.store), this.streams);
  readonly #streamers = { find: (id: number) => Promise.resolve(id === ada.id ? ada : undefined) };
  /** Executes what one handler leaves to another. */
  readonly #bus = {
    execute: (command: unknown) => {
      if (command instanceof StartRecording) return this.#start.execute(command);
      if (command instanceof RetryRecording) return this.#retry.execute(command);
      throw new Error('No other command is expected.');
    },
  };
  readonly #start = new StartRecordingHandler(this.streams, this.#claim, new IdSequence(this.store), this.#streamers, {
    requireRoom: () => (this.hasRoom ? Promise.resolve() : Promise.reject(new DiskTooFull('The disk is nearly full.'))),
  });
  readonly #retry = new RetryRecordingHandler(this.streams, this.#claim, this.#bus as never);
  readonly #stop = new StopRecordingHandler(this.streams, this.#claim, this.#streamers);
  readonly #cancel = new CancelRecordingHandler(this.streams);
  readonly #report = new ReportToRecordingHandler(this.streams);
  readonly #details = new ChangeRecordingDetailsHandler(this.streams);
  readonly #retryStep = new RetryStepHandler(this.streams, this.#bus as never);
  readonly #skipStep = new SkipStepHandler(this.streams);
  #commands = 0;

  metadata = (more: Partial<CommandMetadata> = {}): CommandMetadata => ({
    commandId: `command ${(this.#commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: t0,
    ...more,
  });

  start = async (metadata = this.metadata(), occasion?: RecordingOccasion, streamerId = ada.id) =>
    (await this.#start.execute(new StartRecording(streamerId, metadata, occasion))).answer;
  stop = async (streamerId = ada.id, metadata = this.metadata()) =>
    (await this.#stop.execute(new StopRecording(streamerId, metadata))).answer;
  cancel = async (id: number, metadata = this.metadata()) =>
    (await this.#cancel.execute(new CancelRecording(id, metadata))).answer;
  retry = async (id: number, metadata = this.metadata()) =>
    (await this.#retry.execute(new RetryRecording(id, metadata))).answer;
  retryStep = async (id: number, name: string, metadata = this.metadata()) =>
    (await this.#retryStep.execute(new RetryStep(id, name, metadata))).answer;
  skipStep = async (id: number, name: string, metadata = this.metadata()) =>
    (await this.#skipStep.execute(new SkipStep(id, name, metadata))).answer;
  details = async (id: number, title: string) =>
    (await this.#details.execute(new ChangeRecordingDetails(id, { at: t0, title, category: null }, this.metadata())))
      .answer;
  report = (id: number, report: RecordingReport) =>
    this.#report.execute(new ReportToRecording(id, report, this.metadata()));

  async state(id: number): Promise<string | undefined> {
    const state = await this.streams.current(id);
    return state && stateName(state);
  }
  context = async (id: number) => (await this.streams.current(id))?.context;
}

describe('the commands of recordings', () => {
  let world: World;
  beforeEach(() => {
    world = new World();
  });
  /** A recording that found no source. */
  const failed = async () => {
    await world.start();
    await world.report(1, { type: 'BeginCapture', at: t0 });
    await world.report(1, { type: 'ReportCaptureFailure', at: after(1), cause: sampleCause });
    expect(await world.state(1)).toBe('failed');
  };

  describe('starting', () => {
    it('takes what the streamer and the occasion say', async () => {
      const occasion = { broadcastId: 4, title: 'Evening show', category: 'Music' };
      expect(await world.start(world.metadata(), occasion)).toEqual({
        recordingId: 1,
        streamerId: 3,
        state: 'requested',
      });
      expect(await world.context(1)).toMatchObject({
        streamerName: 'Ada',
        source: { url: ada.url, platform: 'hls' },
        quality: '720p',
        proxies: ['home'],
        ...occasion,
      });
    });

    it('is refused while a recording of the streamer is active, and uses up no number', async () => {
      await world.start();
      await expect(world.start()).rejects.toMatchObject({
        code: 'recording.already-active',
        details: { recordingId: 1 },
      });
      await world.cancel(1);
      expect(await world.start()).toMatchObject({ recordingId: 2 });
    });

    it('answers a repeated command as the first time', async () => {
      const metadata = world.metadata();
      const first = await world.start(metadata);
      expect(await world.start(metadata)).toEqual(first);
    });

    it('lets one of several simultaneous requests win', async () => {
      const all = await Promise.allSettled([world.start(), world.start(), world.start()]);
      expect(all.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const one of all)
        if (one.status === 'rejected') expect(one.reason).toMatchObject({ code: 'recording.already-active' });
    });

    it('is refused without room on the disk, and leaves the streamer free', async () => {
      world.hasRoom = false;
      await expect(world.start()).rejects.toMatchObject({ code: 'disk.low' });
      world.hasRoom = true;
      expect(await world.start()).toMatchObject({ recordingId: 1 });
    });
  });

  describe('stopping', () => {
    it('gives a repeated stop the same answer', async () => {
      await world.start();
      const first = await world.stop();
      expect(first).toMatchObject({ recordingId: 1, streamerId: 3 });
      expect(await world.stop()).toEqual(first);
    });

    it('is refused if the streamer was never recorded', async () => {
      await expect(world.stop()).rejects.toMatchObject({ code: 'recording.not-active' });
    });
  });

  describe('retrying a recording that captured nothing', () => {
    it('takes the same recording again soon after', async () => {
      await failed();
      const soon = world.metadata({ now: after(60) });
      expect(await world.retry(1, soon)).toMatchObject({ recordingId: 1 });
      await expect(world.start()).rejects.toMatchObject({ code: 'recording.already-active' });
    });

    it('begins a new recording long after, because the source may show another broadcast', async () => {
      await failed();
      const later = world.metadata({ now: after(16 * 60) });
      expect(await world.retry(1, later)).toMatchObject({ recordingId: 2 });
      expect(await world.state(1)).toBe('failed');
      expect((await world.context(2))?.trigger).toMatchObject({ kind: 'user', by: 'ada' });
    });

    it('is refused while another recording of the streamer is active', async () => {
      await failed();
      await world.start();
      await expect(world.retry(1)).rejects.toMatchObject({
        code: 'recording.already-active',
        details: { recordingId: 2 },
      });
    });

    it('is what retrying its join means', async () => {
      await failed();
      const soon = world.metadata({ now: after(60) });
      expect(await world.retryStep(1, 'join', soon)).toMatchObject({ recordingId: 1 });
    });
  });

  it('answer a report with the event that it caused, and a late one with none', async () => {
    await world.start();
    expect(await world.report(1, { type: 'BeginCapture', at: t0 })).toEqual(expect.any(String));
    await world.cancel(1);
    expect(await world.report(1, { type: 'BeginCapture', at: t0 })).toBeUndefined();
  });

  it('change the title of a recording that is going on', async () => {
    await world.start();
    await world.details(1, 'Late show');
    expect(await world.context(1)).toMatchObject({ title: 'Late show' });
  });

  it.each<[what: string, code: string, act: () => Promise<unknown>]>([
    ['to start for a streamer that is not there', 'streamer.not-found', () => world.start(world.metadata(), {}, 9)],
    ['to stop for a streamer that is not there', 'streamer.not-found', () => world.stop(9)],
    ['to cancel what is not there', 'recording.not-found', () => world.cancel(9)],
    ['to retry what is not there', 'recording.not-found', () => world.retry(9)],
    ['to retry the step of what is not there', 'recording.not-found', () => world.retryStep(9, 'publish')],
    ['to retry the join of what is not there', 'recording.not-found', () => world.retryStep(9, 'join')],
    ['to skip the step of what is not there', 'recording.not-found', () => world.skipStep(9, 'publish')],
    ['a title for what is not there', 'recording.not-found', () => world.details(9, 'x')],
  ])('refuse %s', async (_, code, act) => {
    await expect(act()).rejects.toMatchObject({ code });
    expect(await world.state(9)).toBeUndefined();
  });

  it('refuse to retry what has not failed, and to cancel what is over', async () => {
    await failed();
    await expect(world.cancel(1)).rejects.toMatchObject({ code: 'recording.over' });
    await world.start();
    await expect(world.retry(2)).rejects.toMatchObject({ code: 'recording.nothing-to-retry' });
    expect(await world.cancel(2)).toMatchObject({ state: 'cancelled' });
    expect(await world.cancel(2)).toMatchObject({ state: 'cancelled' });
  });

  it.each<[act: string, run: (metadata: CommandMetadata) => Promise<unknown>]>([
    ['start', (metadata) => world.start(metadata)],
    ['stop', (metadata) => world.stop(3, metadata)],
    ['cancel', (metadata) => world.cancel(1, metadata)],
    ['retry', (metadata) => world.retry(1, metadata)],
    ['retry a step', (metadata) => world.retryStep(1, 'publish', metadata)],
    ['skip a step', (metadata) => world.skipStep(1, 'publish', metadata)],
  ])('need the permission recordings.control to %s', async (_, run) => {
    const may = (wanted: string) => wanted !== 'recordings.control';
    await expect(run(world.metadata({ may }))).rejects.toMatchObject({ code: 'request.forbidden' });
  });
});
