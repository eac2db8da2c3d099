import { beforeAll, describe, expect, it } from '@jest/globals';
import { inThis, World } from '../e2e/support/world.js';
import { differences } from './kept-log/differences.js';
import { keptLog, readBack, readKept, type MadeOfLog } from './kept-log/read-back.js';

/**
 * Fields that exist today and did not when the log was made, by name. Nothing that existed may change or disappear: the
 * owner of such a log would see another past.
 */
const added: ReadonlySet<string> = new Set([
  // Videos can be protected, and deleted.
  'bin',
  'binned_at',
  'isProtected',
  'is_protected',
  'output_number',
  'place',
  'place_details',
  'purge_after',
  'revision',
  // Recorders are assigned; the recordings of that day have none.
  'epoch',
  'recorder',
  'RecorderAssigned → requested',
  'RecorderAssigned → starting',
  'RecorderAssigned → capturing',
  'RecorderAssigned → reconnecting',
  'RecorderAssigned → finalizing',
  'RecorderAssigned → postProcessing',
  // A video was watched to its end.
  'watchedAt',
  'watched_at',
  // A video can be a cut of another one, and be on its way to another name.
  'moving',
  'origin',
  // What a recording has, missed and left out is a column of its own, for sums over all of them.
  'ad_seconds',
  'bytes',
  'gap_seconds',
  // A streamer can have names and notices of its own; the streamers of that day have those for all.
  'inherited[]',
  'nameTemplate',
  'name_template',
  'notices',
  // Raw parts that were to be removed may be needed.
  'partsKept',
  'PartsKept → completed',
  // A gap can be filled from the platform's own video.
  'gapFills',
  'gap_fills',
  'filled',
  'filling',
  'GapFillFailed → completed',
  'GapFillFailed → postProcessing',
  'GapFillRequested → completed',
  'GapFilled → completed',
  'GapFilled → postProcessing',
  // Each list says where it continues.
  'nextCursor',
]);

/** The parts are joined before the planned steps, and removed after them: that was not listed then. */
function plannedOnly(value: unknown): unknown {
  if (Array.isArray(value)) return value.map((each) => plannedOnly(each));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [
      key,
      key === 'steps' && Array.isArray(each)
        ? (each as { name: string }[]).filter(({ name }) => name !== 'join' && name !== 'clean-up')
        : plannedOnly(each),
    ]),
  );
}

describe('a log of an earlier day', () => {
  let before: MadeOfLog;
  let now: MadeOfLog;

  beforeAll(async () => {
    before = await readKept();
    const world = new World();
    try {
      now = await inThis(world, () => readBack(world, keptLog));
    } finally {
      await world.close();
    }
  });

  it.each(['states', 'rows', 'answers'] as const)('gives the same %s today', (kind) => {
    expect(Object.keys(before[kind]).length).toBeGreaterThan(2);
    expect(differences(before[kind], plannedOnly(now[kind]), added)).toEqual([]);
  });

  it('has recordings in every possible state', () => {
    const { items } = before.answers['/api/recordings'] as unknown as { items: { state: string }[] };
    expect(items.length).toBeGreaterThan(20);
    const wanted = 'starting capturing reconnecting finalizing postProcessing completed failed cancelled'.split(' ');
    expect(new Set(items.map(({ state }) => state))).toEqual(new Set(wanted));
  });

  it('would show a difference of a single value', () => {
    const changed = structuredClone(before) as unknown as { rows: { recordings: Record<string, unknown>[] } };
    const [first, second, third] = changed.rows.recordings as [object, object, object];
    Object.assign(first, { revision: '4711' });
    Reflect.deleteProperty(second, 'state');
    Object.assign(third, { colour: 'red' });
    const places = differences(before, changed, added).map((line) => line.slice(0, line.indexOf(':')));
    expect(places).toEqual(['/rows/recordings/0/revision', '/rows/recordings/1/state', '/rows/recordings/2/colour']);
    expect(differences(before, changed, new Set([...added, 'colour']))).toHaveLength(2);
  });
});
