import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { all, at, event, events, fill } from '../contract/context.testing.js';
import type { LogHead, Verification, VerifyOptions } from '../log-verification.js';
import { positionOf } from '../position.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

const COLUMNS = 'stream_id, revision, category_id, type_id, version, recorded_at, id, data, metadata, hash';

/** A log of 20 events alternating between two streams, changed by `tamper` before it is verified. */
async function verified(folder: string, tamper: string, options: VerifyOptions = {}): Promise<Verification> {
  const path = join(folder, 'events.db');
  const store = await SqliteEventStore.open(path);
  for (let n = 0; n < 10; n += 1) {
    await store.append('one-1', [event({ data: { n } })], 'any');
    await store.append('two-1', [event({ data: { n }, type: 'Other' })], 'any');
  }
  await store.close();
  const db = new Database(path);
  db.exec(tamper);
  db.close();
  const reader = await SqliteEventStore.openReadOnly(path);
  try {
    return await reader.verify(options);
  } finally {
    await reader.close();
  }
}

/** Swaps the content of two positions. */
const swap = (a: number, b: number, columns = COLUMNS): string => `
  CREATE TEMP TABLE moved AS SELECT position, ${columns} FROM event WHERE position IN (${a}, ${b});
  UPDATE event SET revision = -position, id = position WHERE position IN (${a}, ${b});
  UPDATE event SET (${columns}) = (SELECT ${columns} FROM moved WHERE moved.position = ${a} + ${b} - event.position)
    WHERE position IN (${a}, ${b})`;

const WITHOUT_HASH = COLUMNS.replace(', hash', '');

describe('verifying a log', () => {
  it('finds it intact, and returns its head', () =>
    inFolder(async (folder) => {
      expect(await verified(folder, '')).toEqual({
        kind: 'intact',
        events: 20,
        head: { position: 20n, hash: expect.stringMatching(/^[\da-f]{64}$/) },
      });
    }));

  it('finds it intact with what streams hide, also after that was changed', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      await store.append('one-1', [event()], 'any');
      await store.setStreamMetadata('one-1', { maxCount: 3 });
      await store.setStreamMetadata('two-1', { maxAge: 60 });
      await store.setStreamMetadata('one-1', { truncateBefore: 1n });
      await store.setStreamMetadata('two-1', {});
      expect(await store.verify()).toMatchObject({ kind: 'intact', events: 1 });
      await store.close();
    }));

  it('an empty log is intact, and has no head', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const head = { position: 0n, hash: '0'.repeat(64) };
      expect(await store.verify({ expectedHead: await store.head() })).toEqual({ kind: 'intact', events: 0, head });
      await store.close();
    }));

  it.each<[what: string, kind: string, position: bigint, sql: string]>([
    ['data', 'changed', 7n, `UPDATE event SET data = '{"n":99}' WHERE position = 7`],
    ['metadata', 'changed', 7n, `UPDATE event SET metadata = json_set(metadata, '$.actor', 'me') WHERE position = 7`],
    ['an id', 'changed', 7n, `UPDATE event SET id = upper(id) || 'x' WHERE position = 7`],
    ['a type', 'changed', 7n, 'UPDATE event SET type_id = 2 WHERE position = 7'],
    ['a version', 'changed', 7n, 'UPDATE event SET version = 2 WHERE position = 7'],
    ['a time', 'changed', 7n, 'UPDATE event SET recorded_at = recorded_at - 1 WHERE position = 7'],
    ['a category', 'changed', 7n, 'UPDATE event SET category_id = 2 WHERE position = 7'],
    ['a hash', 'changed', 7n, `UPDATE event SET hash = randomblob(32) WHERE position = 7`],
    ['a hash that is gone', 'changed', 7n, 'UPDATE event SET hash = NULL WHERE position = 7'],
    ["a stream's name", 'changed', 2n, `UPDATE stream SET name = 'two-9' WHERE name = 'two-1'`],
    ["a type's name", 'changed', 2n, `UPDATE event_type SET name = 'Else' WHERE name = 'Other'`],
    ["a type's name that is gone", 'changed', 2n, `DELETE FROM event_type WHERE name = 'Other'`],
    ['an event taken out', 'missing', 7n, 'DELETE FROM event WHERE position = 7'],
    ['the first event taken out', 'missing', 1n, 'DELETE FROM event WHERE position = 1'],
    [
      'an event taken out and the rest moved up',
      'missing',
      7n,
      'DELETE FROM event WHERE position = 7; UPDATE event SET position = position - 1 WHERE position > 7',
    ],
    ["a stream's category", 'altered', 0n, `UPDATE stream SET category_id = 2 WHERE name = 'one-1'`],
    ["a stream's retention", 'altered', 0n, `UPDATE stream SET max_count = 1 WHERE name = 'one-1'`],
    [
      'a trigger',
      'altered',
      0n,
      'CREATE TRIGGER t AFTER INSERT ON event BEGIN DELETE FROM event WHERE position = 7; END',
    ],
    ['a view', 'altered', 0n, 'CREATE VIEW v AS SELECT 1'],
    ['an index that is gone', 'altered', 0n, 'DROP INDEX event_by_category'],
    ['neighbours that changed places', 'reordered', 7n, swap(7, 8)],
    ['neighbours that changed places but for their hashes', 'reordered', 7n, swap(7, 8, WITHOUT_HASH)],
    ['events far apart that changed places', 'reordered', 5n, swap(5, 12)],
    ['events of one stream that changed places', 'reordered', 6n, swap(6, 14, WITHOUT_HASH)],
    ['the end cut off', 'truncated', 17n, 'DELETE FROM event WHERE position > 16'],
    ['everything cut off', 'truncated', 1n, 'DELETE FROM event'],
  ])('%s: %s at %i', (_, kind, position, sql) =>
    inFolder(async (folder) => {
      expect(await verified(folder, sql)).toMatchObject({ kind: 'broken', break: kind, position });
    }),
  );

  it('names the first of several breaks', () =>
    inFolder(async (folder) => {
      const sql = `UPDATE event SET version = 2 WHERE position IN (5, 9); DELETE FROM event WHERE position = 12`;
      expect(await verified(folder, sql)).toMatchObject({ break: 'changed', position: 5n });
    }));

  it('an event appended after a cut-off end does not hide the cut', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await verified(folder, 'DELETE FROM event WHERE position > 18');
      const store = await SqliteEventStore.open(path);
      expect((await store.append('new-1', [event()], 'no_stream')).position).toBe(21n);
      expect(await store.verify()).toMatchObject({ break: 'missing', position: 19n });
      await store.close();
    }));
});

describe('a head that was kept elsewhere', () => {
  const grown = async (
    folder: string,
    name: string,
    body: (store: SqliteEventStore) => Promise<void>,
  ): Promise<void> => {
    const store = await SqliteEventStore.open(join(folder, name));
    try {
      await body(store);
    } finally {
      await store.close();
    }
  };

  it('holds while the log grows', () =>
    inFolder((folder) =>
      grown(folder, 'events.db', async (store) => {
        await fill(store, 'one-1', 1_200);
        const kept = await store.head();
        await fill(store, 'one-1', 700);
        const expected = { kind: 'intact', events: 1_900 };
        expect(await store.verify({ expectedHead: kept })).toMatchObject(expected);
        expect(await store.verify({ expectedHead: { ...kept, hash: kept.hash.toUpperCase() } })).toMatchObject(
          expected,
        );
        expect(await store.verify({ from: positionOf(1_201), expectedHead: kept })).toMatchObject({ events: 700 });
        const tooLate = store.verify({ from: positionOf(1_500), expectedHead: kept });
        await expect(tooLate).rejects.toThrow(/lies before the first position/);
      }),
    ));

  it('recognizes a log that was cut off without a trace, and one that was rebuilt', () =>
    inFolder(async (folder) => {
      let kept: LogHead | undefined;
      await grown(folder, 'events.db', async (store) => {
        await store.append('one-1', events(10), 'no_stream');
        kept = await store.head();
      });
      for (const [count, found] of [
        [6, { break: 'truncated', position: 7n }],
        [12, { break: 'rewritten', position: 10n }],
      ] as const) {
        await grown(folder, `${count}.db`, async (store) => {
          await store.append('one-1', events(count), 'no_stream');
          expect(await store.verify()).toMatchObject({ kind: 'intact' });
          expect(await store.verify({ expectedHead: kept! })).toMatchObject({ kind: 'broken', ...found });
        });
      }
    }));

  it('is refused if it is malformed', () =>
    inFolder((folder) =>
      grown(folder, 'events.db', async (store) => {
        const expectedHead = { position: positionOf(0), hash: 'abc' };
        await expect(store.verify({ expectedHead })).rejects.toThrow(/64 hexadecimal/);
        await expect(store.verify({ from: positionOf(9) })).rejects.toThrow(/ends at position 0/);
      }),
    ));
});

describe('the check', () => {
  it('reports its progress, ends when aborted, and lets appends in between', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      await fill(store, 'one-1', 1_300);
      const seen: bigint[] = [];
      const append = store.append('two-1', [event()], 'no_stream');
      const result = await store.verify({ onProgress: ({ position }) => seen.push(position) });
      expect(result).toMatchObject({ kind: 'intact', events: 1_300 });
      expect(seen).toEqual([500n, 1_000n, 1_300n]);
      await append;

      const abort = new AbortController();
      const aborted = store.verify({ signal: abort.signal, onProgress: () => abort.abort(new Error('enough')) });
      await expect(aborted).rejects.toThrow('enough');
      const closing = store.verify();
      await store.close();
      await expect(closing).rejects.toMatchObject({ code: 'event-store.unavailable' });
    }));

  it('reads payloads of any size as they are stored', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      for (const size of [10, 16_000, 17_000, 2_000_000]) {
        await store.append('one-1', [event({ data: { text: 'ä'.repeat(size) } })], 'any');
      }
      expect(await store.verify()).toMatchObject({ kind: 'intact', events: 4 });
      await store.close();
    }));

  it('passes after failed appends, alone and among others, whatever they had written', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const taken = event();
      await store.append('one-1', [taken], 'no_stream');
      const group = [
        store.append('two-1', [event()], 'no_stream'),
        store.append('one-1', [event(), taken], 0n),
        store.append('three-1', events(2), 'no_stream'),
      ];
      const outcomes = (await Promise.allSettled(group)).map(({ status }) => status);
      expect(outcomes).toEqual(['fulfilled', 'rejected', 'fulfilled']);
      const log = await all(store.readAll());
      expect(at(log, -1).position).toBe(4n);
      expect(await store.verify()).toMatchObject({ kind: 'intact', events: 4 });
      await store.close();
    }));
});
