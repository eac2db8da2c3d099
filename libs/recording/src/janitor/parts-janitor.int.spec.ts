import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { MikroORM } from '@mikro-orm/sqlite';
import { prepareTables, ProjectionCheckpoint } from '@streamvault/kernel';
import { mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { dehydrate, evolve, type RecordingState } from '../domain/lifecycle.js';
import type { Cause, RecordingEvent } from '../domain/recording-events.js';
import { after, sampleCause, sampleEvents } from '../domain/recording-samples.testing.js';
import { RecordingRow } from '../read-models/recording-row.entity.js';
import { recordingViewProjection } from '../read-models/recording-view.projection.js';
import { PartsJanitor } from './parts-janitor.js';

type Outcome = { readonly bytes: number } | { readonly cause: Cause };

/** Completed, with one part. */
function completed(): RecordingState {
  const types = [
    'RecordingRequested',
    'CaptureStarting',
    'CaptureStarted',
    'PartOpened',
    'SourceEnded',
    'CaptureEnded',
    'RecordingFinalized',
    'RecordingCompleted',
  ];
  const events = types.flatMap((type) => sampleEvents.find((event) => event.type === type) ?? []);
  return events.reduce<RecordingState>((state, event: RecordingEvent) => evolve(state, event), undefined);
}

describe('removing raw parts', () => {
  let root: string;
  let orm: MikroORM;
  let outcomes: [number, Outcome][];
  let needed: Map<number, Cause | 'later'>;
  let isReported: boolean;
  let janitor: PartsJanitor;

  const folderOf = (id: number) => join(root, String(id));
  const isThere = (id: number) =>
    stat(folderOf(id)).then(
      () => true,
      () => false,
    );

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'streamvault-janitor-'));
    orm = await MikroORM.init({ dbName: ':memory:', entities: [ProjectionCheckpoint, RecordingRow] });
    await prepareTables([recordingViewProjection], orm.em);
    outcomes = [];
    needed = new Map();
    isReported = true;
    janitor = new PartsJanitor({
      em: () => orm.em,
      folders: {
        path: folderOf,
        inTurn: (_id, work) => work(),
        isRootThere: () => Promise.resolve(true),
      },
      media: { lastWatchedAt: () => 0, forget: () => {} },
      guard: {
        whyPartsAreNeeded: ({ recordingId }) => Promise.resolve(needed.get(recordingId)),
      },
      graceSeconds: 60,
      clock: { now: () => Date.parse(after(1000)), sleep: () => Promise.resolve() },
      logger: { info: () => {}, warn: () => {}, error: () => {} },
      report: (id, outcome) => {
        if (!isReported) return Promise.reject(new Error('killed before it was reported'));
        outcomes.push([id, outcome]);
        return Promise.resolve();
      },
    });
  });
  afterEach(async () => {
    await orm.close();
    await rm(root, { recursive: true, force: true });
  });

  async function recording(id: number): Promise<void> {
    const kept = dehydrate(completed()!);
    const context = { ...kept.context, recordingId: id };
    const em = orm.em.fork();
    const sums = { bytes: 1000, gapSeconds: 0, adSeconds: 0, hasFailedStep: false, hasParts: true, revision: '9' };
    await em.persist(em.create(RecordingRow, { id, streamerId: 3, ...kept, context, ...sums })).flush();
    await mkdir(folderOf(id));
    await writeFile(join(folderOf(id), 'part-0001.ts'), 'x'.repeat(1000));
  }

  it('happens only while the videos are there, and what is held up is said', async () => {
    for (const id of [1, 2, 3]) await recording(id);
    needed.set(1, sampleCause).set(2, 'later');
    await janitor.sweep();
    expect(outcomes).toEqual([
      [1, { cause: sampleCause }],
      [3, { bytes: 1000 }],
    ]);
    expect([await isThere(1), await isThere(2), await isThere(3)]).toEqual([true, true, false]);
  });

  it('is reported after a kill between the removal and its report, with the bytes that the ledger counted', async () => {
    await recording(1);
    isReported = false;
    await expect(janitor.sweep()).rejects.toThrow('killed');
    expect(await isThere(1)).toBe(false);
    isReported = true;
    await janitor.sweep();
    expect(outcomes).toEqual([[1, { bytes: 1000 }]]);
  });

  it('of one more than a page of recordings that are held up does not wait for them', async () => {
    for (let id = 1; id <= 51; id += 1) {
      await recording(id);
      needed.set(id, sampleCause);
    }
    await recording(52);
    await janitor.sweep();
    expect(outcomes.at(-1)).toEqual([52, { bytes: 1000 }]);
    expect(await isThere(52)).toBe(false);
  });
});
