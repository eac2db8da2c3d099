import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LedgerWriter } from '@streamvault/capture';
import { MemoryEventStore } from '@streamvault/event-store';
import { WorkQueue } from '@streamvault/jobs';
import { CommandHandling, EventRegistry, followLog, kernelEvents } from '@streamvault/kernel';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ReportToRecording } from '../commands/report-to-recording/report-to-recording.command.js';
import { ReportToRecordingHandler } from '../commands/report-to-recording/report-to-recording.handler.js';
import type { RecordingEvent } from '../domain/recording-events.js';
import { defaultRecordingPolicy } from '../domain/recording-policy.js';
import { recordingEvents, recordingStream } from '../domain/recording-registry.js';
import { after, sampleRequest } from '../domain/recording-samples.testing.js';
import { RecordingStreams } from '../recording-streams.js';
import { RecordingEffects } from './effects.js';
import { ProgressBoard } from './progress-board.js';
import { recorderLeaseEvents, RecorderLeases } from './recorder-leases.js';
import { Recorder } from './recorder.js';
import { HeldClock, ScriptedEngine } from './scripted-recorder.testing.js';
import { WorkFolders } from './work-folders.js';

/*
 * Two recorders of one log and one work folder, as two processes have them. The one that has the recording stands still,
 * the other takes over when the lease has expired, and the first one comes back. tests/chaos does it with real processes.
 */

const logger = { info: () => {}, warn: () => {}, error: () => {} };
let root: string;
let store: MemoryEventStore;
let registry: EventRegistry;
let processes: Process[];

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'take-over-'));
  store = new MemoryEventStore();
  registry = new EventRegistry([...kernelEvents, ...recordingEvents, ...recorderLeaseEvents]);
  processes = [];
});
afterEach(async () => {
  for (const one of processes) await one.end();
  await rm(root, { recursive: true });
});

/** What one process has of its own. */
class Process {
  readonly engine = new ScriptedEngine();
  readonly leases: RecorderLeases;
  readonly recorder: Recorder;
  readonly streams = new RecordingStreams(new CommandHandling({ store, registry }), defaultRecordingPolicy);
  milliseconds = 0;
  readonly #clock = new HeldClock();
  readonly #ended = new AbortController();
  readonly #running: Promise<void>[] = [];
  #standing: { readonly promise: Promise<void>; resolve(): void } | undefined;

  constructor(recorderId: string) {
    const { engine, streams } = this;
    const clock = this.#clock;
    const folders = new WorkFolders(root);
    const monotonic = () => this.milliseconds;
    const now = () => Date.parse(after(0)) + this.milliseconds;
    this.leases = new RecorderLeases({ store, registry, logger, recorderId, isAlone: false, monotonic, now });
    this.recorder = new Recorder({
      clock,
      folders,
      leases: this.leases,
      logger,
      streams,
      send: (recordingId, report, metadata, reporter) =>
        new ReportToRecordingHandler(streams).execute(new ReportToRecording(recordingId, report, metadata, reporter)),
      effects: new RecordingEffects({
        clock,
        engine,
        folders,
        logger,
        finalizer: { close: () => Promise.reject(new Error('not here')), finalize: () => Promise.resolve([]) },
        progress: new ProgressBoard(),
        sources: { resolve: ({ url }) => Promise.resolve({ url }) },
        steps: { plan: [], run: () => Promise.resolve({ videoId: null }) },
        work: new WorkQueue(1),
      }),
    });
    processes.push(this);
  }

  async start(): Promise<void> {
    const { signal } = this.#ended;
    const from = (await store.headPosition()) ?? 'start';
    this.#running.push(
      this.leases.run(signal),
      followLog<RecordingEvent>({
        store,
        registry,
        filter: { categories: ['recording'] },
        from,
        signal,
        handle: async (event) => {
          await this.#standing?.promise;
          await this.recorder.apply(event);
        },
        onError: () => 'retry',
      }),
    );
  }

  /** It hears nothing of the log any more, as after SIGSTOP. */
  standStill(): void {
    this.#standing = Promise.withResolvers<void>();
  }

  goOn(): void {
    this.#standing?.resolve();
  }

  async end(): Promise<void> {
    this.goOn();
    this.#ended.abort();
    await this.recorder.stop();
    await Promise.all(this.#running);
  }
}

const turns = async (): Promise<void> => {
  for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
};

async function story(): Promise<readonly (readonly [type: string, recorder?: unknown])[]> {
  const told: (readonly [string, unknown?])[] = [];
  for await (const { type, data } of store.readStream(recordingStream(7)))
    told.push(type === 'RecorderAssigned' ? [type, data['recorderId']] : [type]);
  return told;
}

const partOpened = (number: number, reason: 'start' | 'restart') =>
  ({ kind: 'partOpened', at: after(number), number, container: 'ts', reason }) as const;

it('a recorder that comes back after its lease expired reports nothing, writes nothing, and lets go', async () => {
  const first = new Process('first');
  await first.start();
  await first.streams.handle(
    7,
    { type: 'RequestRecording', at: sampleRequest.at, request: sampleRequest },
    {
      commandId: crypto.randomUUID(),
      correlationId: crypto.randomUUID(),
      causationId: '',
      actor: 'test',
      now: after(0),
    },
  );
  const former = await first.engine.run(0);
  const { writer } = await LedgerWriter.open(join(root, 'recording-7'), 7, after(0));
  await former.reporter.fact(partOpened(1, 'start'));

  const second = new Process('second');
  await second.start();
  await turns();
  await second.recorder.restore([7]);
  expect(second.recorder.recordingIds).toEqual([]);

  first.standStill();
  second.milliseconds += 19_000;
  await second.recorder.restore([7]);
  expect(second.recorder.recordingIds).toEqual([]);
  second.milliseconds += 2_000;
  await second.recorder.restore([7]);
  expect(second.recorder.recordingIds).toEqual([7]);
  const { reporter } = await second.engine.run(0);
  await reporter.fact(partOpened(2, 'restart'));

  // The first one has heard nothing of that, and tells what it believes.
  expect(first.recorder.recordingIds).toEqual([7]);
  await former.reporter.fact(partOpened(2, 'start'));
  expect(first.recorder.recordingIds).toEqual([]);
  expect(former.signal.aborted || former.leaving?.aborted).toBe(true);
  await expect(writer.sync()).rejects.toMatchObject({ code: 'ENOENT' });
  await writer.close();
  first.goOn();
  await turns();
  expect([first.recorder.recordingIds, second.recorder.recordingIds]).toEqual([[], [7]]);
  const told = await story();
  expect(told.filter(([type]) => type === 'RecorderAssigned')).toEqual([
    ['RecorderAssigned', 'first'],
    ['RecorderAssigned', 'second'],
  ]);
  expect(told.filter(([type]) => type === 'PartOpened')).toHaveLength(2);
  expect(told.filter(([type]) => type === 'CaptureStarting')).toHaveLength(1);
});
