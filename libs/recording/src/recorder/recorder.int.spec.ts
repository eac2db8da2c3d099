import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { CommandHandling, EventRegistry, followLog, kernelEvents } from '@streamvault/kernel';
import { MemoryEventStore, type RecordedEvent } from '@streamvault/event-store';
import { stateName } from '../domain/lifecycle.js';
import type { RecordingCommand } from '../domain/recording-commands.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { defaultRecordingPolicy, type RecordingPolicy } from '../domain/recording-policy.js';
import { recordingEvents, recordingStream } from '../domain/recording-registry.js';
import { after, sampleOutput, samplePlan, sampleRequest } from '../domain/recording-samples.testing.js';
import { WorkQueue } from '@streamvault/jobs';
import { ReportToRecording } from '../commands/report-to-recording/report-to-recording.command.js';
import { ReportToRecordingHandler } from '../commands/report-to-recording/report-to-recording.handler.js';
import type { ClosedCapture, Finalizer, StepRunner } from '../ports.js';
import { RecordingStreams } from '../recording-streams.js';
import { RecordingEffects } from './effects.js';
import { ProgressBoard } from './progress-board.js';
import { Recorder } from './recorder.js';
import { HeldClock, ScriptedEngine } from './scripted-recorder.testing.js';
import { WorkFolders } from './work-folders.js';

const closed: ClosedCapture = {
  bytes: 1000,
  segments: 5,
  durationSeconds: 10,
  gapSeconds: 0,
  adSeconds: 0,
  retries: 0,
  gaps: [],
  ads: [],
  parts: [
    {
      number: 1,
      container: 'ts',
      reason: 'start',
      openedAt: after(1),
      closedAt: after(9),
      bytes: 1000,
      segments: 5,
      durationSeconds: 10,
    },
  ],
};
const partOpened = (number: number, reason: 'start' | 'restart' = 'start') =>
  ({ kind: 'partOpened', at: after(1), number, container: 'ts', reason }) as const;

describe('the recorder', () => {
  let store: MemoryEventStore;
  let registry: EventRegistry;
  let clock: HeldClock;
  let engine: ScriptedEngine;
  let finalizer: Finalizer & { failures: Error[]; capture: ClosedCapture };
  let steps: StepRunner & { failures: Map<string, Error>; plan: StepRunner['plan'] };
  let stop: () => Promise<void>;
  let streams: RecordingStreams;
  let recorders = 0;
  /** When the broadcast counts as over. */
  let awaitedUntil: string | undefined;

  /** A recorder on the log as it is, hosted as in the server. */
  async function boot(open: number[] = [], policy: RecordingPolicy = defaultRecordingPolicy): Promise<Recorder> {
    streams = new RecordingStreams(new CommandHandling({ store, registry }), policy);
    const folders = new WorkFolders('/nowhere');
    const logger = { info: () => {}, warn: () => {}, error: () => {} };
    const recorder = new Recorder({
      streams,
      folders,
      clock,
      logger,
      leases: { recorderId: `recorder.${(recorders += 1)}`, mayTake: () => true, isAlone: true },
      send: (recordingId, report, metadata, reporter) =>
        new ReportToRecordingHandler(streams).execute(new ReportToRecording(recordingId, report, metadata, reporter)),
      effects: new RecordingEffects({
        engine,
        finalizer,
        steps,
        folders,
        clock,
        logger,
        work: new WorkQueue(1),
        progress: new ProgressBoard(),
        sources: { resolve: ({ url }) => Promise.resolve({ url }), awaitedUntil: () => Promise.resolve(awaitedUntil) },
      }),
    });
    const from = (await store.headPosition()) ?? 'start';
    await recorder.restore(open);
    const stopping = new AbortController();
    const following = followLog<RecordingEvent>({
      store,
      registry,
      filter: { categories: ['recording'] },
      from,
      signal: stopping.signal,
      handle: (event) => recorder.apply(event),
      onError: () => 'retry',
    });
    stop = async () => {
      stopping.abort();
      await recorder.stop();
      await following;
    };
    return recorder;
  }

  const send = (command: RecordingCommand) =>
    streams.handle(7, command, {
      commandId: crypto.randomUUID(),
      correlationId: crypto.randomUUID(),
      causationId: crypto.randomUUID(),
      actor: 'test',
      now: command.at,
    });
  const request = () => {
    const { at, deadline: _, ...rest } = sampleRequest;
    return send({ type: 'RequestRecording', at, request: rest });
  };
  const story = async (): Promise<string[]> => {
    const types: string[] = [];
    for await (const { type } of store.readStream(recordingStream(7))) types.push(type);
    return types;
  };
  /** Waits for an event of the log, not for time. */
  async function until(type: string, count = 1): Promise<void> {
    const enough = new AbortController();
    let seen = 0;
    for await (const message of store.subscribe({ from: 'start', signal: enough.signal })) {
      if (message.kind === 'event' && message.event.type === type && ++seen === count) return enough.abort();
    }
  }

  beforeEach(() => {
    awaitedUntil = undefined;
    store = new MemoryEventStore();
    registry = new EventRegistry([...kernelEvents, ...recordingEvents]);
    clock = new HeldClock();
    engine = new ScriptedEngine();
    finalizer = {
      failures: [],
      capture: closed,
      close: () => Promise.resolve(finalizer.capture),
      finalize: () => {
        const failure = finalizer.failures.shift();
        return failure ? Promise.reject(failure) : Promise.resolve([sampleOutput]);
      },
    };
    steps = {
      failures: new Map(),
      plan: samplePlan,
      run: (name) => {
        const failure = steps.failures.get(name);
        steps.failures.delete(name);
        return failure ? Promise.reject(failure) : Promise.resolve({ videoId: name === 'publish' ? 3 : null });
      },
    };
  });
  afterEach(() => stop());

  it('takes a request to its video, with every transition once', async () => {
    await boot();
    await request();
    const { reporter } = await engine.run(0);
    await reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('RecordingCompleted');
    expect(await story()).toEqual([
      'RecordingRequested',
      'RecorderAssigned',
      'CaptureStarting',
      'CaptureStarted',
      'PartOpened',
      'StopRequested',
      'PartClosed',
      'CaptureEnded',
      'RecordingFinalized',
      'StepStarted',
      // The next step begins when there is room, whether or not the result of this one is stored.
      'StepStarted',
      'StepSucceeded',
      'StepSucceeded',
      'RecordingCompleted',
    ]);
  });

  /** The chain of causes of the last event of that type: event types, first cause first. */
  async function causesOf(type: string, nameOf = (event: RecordedEvent): string => event.type): Promise<string[]> {
    const events = new Map<string, RecordedEvent>();
    let effect: RecordedEvent | undefined;
    for await (const event of store.readStream(recordingStream(7))) {
      events.set(event.id, event);
      if (event.type === type) effect = event;
    }
    const causes: string[] = [];
    for (;;) {
      const cause = effect && events.get(effect.metadata.$causationId);
      if (!cause) return causes;
      expect(effect?.metadata.$correlationId).toBe(cause.metadata.$correlationId);
      causes.unshift(nameOf(cause));
      effect = cause;
    }
  }
  const named = ({ type, data }: RecordedEvent): string =>
    [type, (data as { name?: string }).name].filter((word) => word !== undefined).join(' ');

  it('names the cause of every event: what stopped it and, before that, what started it', async () => {
    await boot();
    await request();
    const { reporter } = await engine.run(0);
    await reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('RecordingCompleted');
    expect(await causesOf('CaptureStarted')).toEqual(['RecordingRequested', 'CaptureStarting']);
    expect(await causesOf('StopRequested')).toEqual([]);
    for (const type of ['PartClosed', 'CaptureEnded']) expect(await causesOf(type)).toEqual(['StopRequested']);
    const finalized = ['StopRequested', 'CaptureEnded', 'RecordingFinalized'];
    expect(await causesOf('RecordingFinalized')).toEqual(finalized.slice(0, -1));

    expect(await causesOf('RecordingCompleted')).toEqual([...finalized, 'StepStarted']);
  });

  it('is completed because of the step that came last, and that one because of the step it needed', async () => {
    steps.plan = [
      { name: 'thumbnail', dependsOn: [] },
      { name: 'publish', dependsOn: ['thumbnail'] },
    ];
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('RecordingCompleted');
    const ofSteps = ['StepStarted thumbnail', 'StepSucceeded thumbnail', 'StepStarted publish'];
    expect((await causesOf('RecordingCompleted', named)).slice(-3)).toEqual(ofSteps);
  });

  it('takes an open recording up again after a crash, as the same one', async () => {
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await stop();
    expect(stateName((await streams.load(7))!.snapshot)).toBe('capturing');

    await boot([7]);
    const again = await engine.run(1);
    // A continued recording must find its ledger again, or wait for it.
    expect(engine.runs.map(({ request }) => request.hasBegun)).toEqual([false, true]);
    expect(stateName((await streams.load(7))!.snapshot)).toBe('reconnecting');
    await again.reporter.fact(partOpened(1));
    await again.reporter.fact(partOpened(2, 'restart'));
    expect(stateName((await streams.load(7))!.snapshot)).toBe('capturing');
    again.end({ kind: 'ended', reason: 'endlist' });
    await until('RecordingCompleted');
    expect((await story()).filter((type) => type === 'PartOpened')).toHaveLength(2);
  });

  it('waits where a source ended and its streamer may come back, as long as the broadcast does, and a stop ends it', async () => {
    awaitedUntil = after(720);
    await boot();
    await request();
    const first = await engine.run(0);
    await first.reporter.fact(partOpened(1));
    first.end({ kind: 'ended', reason: 'endlist' });
    await until('CaptureInterrupted');
    const { context } = (await streams.load(7))!.snapshot;
    expect(context).toMatchObject({ deadline: after(720), interruption: { code: 'source.ended' } });

    clock.advance(1);
    const second = await engine.run(1);
    expect(second.request.mayGoOn).toBe(true);
    await second.reporter.fact({ ...partOpened(2, 'restart'), at: after(3) });
    expect(stateName((await streams.load(7))!.snapshot)).toBe('capturing');
    second.end({ kind: 'ended', reason: 'endlist' });
    await until('CaptureInterrupted', 2);
    await send({ type: 'StopRecording', at: after(9), by: 'ada' });
    await until('RecordingCompleted');
    expect((await story()).filter((type) => type === 'PartOpened')).toHaveLength(2);
  });

  it('does not wait after what was over before it was opened, although it might', async () => {
    awaitedUntil = after(720);
    await boot();
    await request();
    const run = await engine.run(0);
    await run.reporter.fact(partOpened(1));
    run.end({ kind: 'ended', reason: 'endlist', wasOver: true });
    await until('RecordingCompleted');
    expect(await story()).not.toContain('CaptureInterrupted');
  });

  it('lets a stopped capture complete what is being sent, and finishes it only then', async () => {
    engine.lingers = true;
    await boot();
    await request();
    const run = await engine.run(0);
    await run.reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    expect(stateName((await streams.load(7))!.snapshot)).toBe('finalizing');
    await new Promise<void>((resolve) => {
      if (run.signal.aborted) resolve();
      else run.signal.addEventListener('abort', () => resolve());
    });
    expect(run.leaving?.aborted).toBe(false);
    await run.reporter.fact({ kind: 'resumed', at: after(10) });
    expect(await story()).not.toContain('CaptureEnded');
    run.end({ kind: 'stopped' });
    await until('RecordingCompleted');
  });

  it('waits for nothing when it shuts down, not even for a capture that is ending', async () => {
    engine.lingers = true;
    await boot();
    await request();
    const run = await engine.run(0);
    await run.reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await stop();
    expect(run.leaving?.aborted).toBe(true);
    expect(stateName((await streams.load(7))!.snapshot)).toBe('finalizing');
  });

  it('captures again when the capture itself breaks, and reports that', async () => {
    await boot();
    await request();
    const first = await engine.run(0);
    await first.reporter.fact(partOpened(1));
    first.break(Object.assign(new Error('No space left on the device.'), { code: 'disk.full' }));
    await until('CaptureInterrupted');
    expect((await streams.load(7))!.snapshot.context.interruption).toEqual({
      code: 'disk.full',
      message: 'No space left on the device.',
    });
    clock.advance(2);
    await (await engine.run(1)).reporter.fact({ kind: 'resumed', at: after(3) });
    expect(stateName((await streams.load(7))!.snapshot)).toBe('capturing');
  });

  it('leaves a recording to the recorder that took it over, and what it still reports does not count', async () => {
    const first = await boot();
    const stopFirst = stop;
    await request();
    const { reporter, signal } = await engine.run(0);
    await reporter.fact(partOpened(1));
    // Another process believes that this one is dead.
    const second = await boot([7]);
    const stopSecond = stop;
    stop = async () => {
      await stopSecond();
      await stopFirst();
    };
    await engine.run(1);
    expect((await streams.load(7))!.snapshot.context.epoch).toBe(2);
    await new Promise<void>((resolve) => {
      if (signal.aborted) resolve();
      else signal.addEventListener('abort', () => resolve());
    });
    await reporter.fact(partOpened(2));
    expect((await streams.load(7))!.snapshot.context.parts).toHaveLength(1);
    expect([first.recordingIds, second.recordingIds]).toEqual([[], [7]]);
  });

  it('stops waiting for bytes at the deadline, and finishes what it has', async () => {
    await boot();
    await request();
    const { reporter } = await engine.run(0);
    await reporter.fact(partOpened(1));
    await reporter.fact({ kind: 'interrupted', at: after(5), cause: { code: 'x.y', message: 'Silence.' } });
    // The actor begins to wait when it reads the event; a second reader of the log shows when it has been written.
    await until('CaptureInterrupted');
    await waitForWaiting();
    clock.advance(200);
    await until('RecordingCompleted');
    expect((await streams.load(7))!.snapshot.context.endReason).toBe('gave-up');
    // Caused by the silence, in a chain that the request began.
    const silence = ['RecordingRequested', 'CaptureStarting', 'CaptureInterrupted'];
    expect(await causesOf('SourceEnded')).toEqual(silence);
    expect(await causesOf('CaptureEnded')).toEqual([...silence, 'SourceEnded']);
  });

  /** Turns the event loop until the deadline is waited for, because that is not visible from outside. */
  async function waitForWaiting(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }

  it('fails with the cause of a source that will not open, and can be retried', async () => {
    await boot();
    await request();
    (await engine.run(0)).end({ kind: 'failed', cause: { code: 'source.html', message: 'That is a web page.' } });
    await until('RecordingFailed');
    await send({ type: 'RetryRecording', at: after(20), by: 'api' });
    await (await engine.run(1)).reporter.fact(partOpened(1));
    expect(stateName((await streams.load(7))!.snapshot)).toBe('capturing');
  });

  it('retries finalizing after a pause, and continues where it failed', async () => {
    finalizer.failures.push(new Error('ffmpeg fell over'));
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('FinalizeFailed');
    await waitForWaiting();
    expect(await story()).not.toContain('RecordingFinalized');
    clock.advance(20);
    await until('RecordingCompleted');
  });

  it('finishes the other steps while a failed one waits, then retries that', async () => {
    steps.failures.set('thumbnail', new Error('No picture could be taken.'));
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('StepSucceeded');
    const { steps: now } = (await streams.load(7))!.snapshot.context;
    expect(now.map(({ name, state }) => [name, state])).toEqual([
      ['thumbnail', 'failed'],
      ['publish', 'succeeded'],
    ]);
    await waitForWaiting();
    clock.advance(20);
    await until('RecordingCompleted');
    expect((await streams.load(7))!.snapshot.context.videoId).toBe(3);
  });

  it('lets a step without disk space wait silently as long as it takes, and then finish', async () => {
    const full = Object.assign(new Error('No space left on device'), { code: 'ENOSPC' });
    let attempts = 0;
    steps.run = (name) => {
      if (name !== 'thumbnail') return Promise.resolve({ videoId: 3 });
      attempts += 1;
      return attempts < 12 ? Promise.reject(full) : Promise.resolve({ videoId: null });
    };
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('StepSucceeded');
    const { context } = (await streams.load(7))!.snapshot;
    expect(context.steps).toMatchObject([
      { name: 'thumbnail', state: 'waiting', attempts: 0, error: expect.stringMatching(/^Waiting for disk space/) },
      { name: 'publish', state: 'succeeded' },
    ]);
    for (let more = 0; more < 11; more += 1) {
      await waitForWaiting();
      clock.advance(11);
    }
    await until('RecordingCompleted');
    expect((await story()).filter((type) => type === 'StepFailed')).toHaveLength(1);
  });

  it('lets a video without disk space wait silently, and makes it when there is some', async () => {
    let attempts = 0;
    finalizer.finalize = () => {
      attempts += 1;
      const full = Object.assign(new Error('There is not enough room.'), { code: 'media.storage-full' });
      return attempts < 12 ? Promise.reject(full) : Promise.resolve([sampleOutput]);
    };
    await boot();
    await request();
    await (await engine.run(0)).reporter.fact(partOpened(1));
    await send({ type: 'StopRecording', at: after(9), by: 'api' });
    await until('FinalizeFailed');
    expect((await streams.load(7))!.snapshot.context.interruption).toEqual({
      code: 'disk.full',
      message: 'Waiting for disk space. There is not enough room. It goes on by itself.',
    });
    for (let more = 0; more < 11; more += 1) {
      await waitForWaiting();
      clock.advance(11);
    }
    await until('RecordingCompleted');
    expect((await story()).filter((type) => type === 'FinalizeFailed')).toHaveLength(1);
    expect((await streams.load(7))!.snapshot.context.interruption).toBeNull();
  });

  it('ends as cancelled when it is stopped before any bytes came', async () => {
    finalizer.capture = { ...closed, bytes: 0, segments: 0, durationSeconds: 0, parts: [] };
    await boot();
    await request();
    await engine.run(0);
    await send({ type: 'StopRecording', at: after(3), by: 'api' });
    await until('RecordingCancelled');
  });

  it('releases what is over', async () => {
    const recorder = await boot();
    await request();
    await engine.run(0);
    expect(recorder.recordingIds).toEqual([7]);
    await send({ type: 'CancelRecording', at: after(3), by: 'api' });
    await until('RecordingCancelled');
    await waitForWaiting();
    expect(recorder.recordingIds).toEqual([]);
  });
});
