import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { copyFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { all, at, event, events } from '../contract/context.testing.js';
import type { EventQuery, StreamName } from '../port.js';
import { EventTable } from './event-table.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

/** 30 events in streams of one category, written when there were no search indexes. */
const OLD_LOG = fileURLToPath(new URL('fixtures/log-of-schema-1.db', import.meta.url));

/** The steps of a statement in SQLite's plan. */
function planOf(db: Database.Database, sql: string): string[] {
  const parameters = (sql.match(/\?/g) ?? []).map(() => 1);
  const steps = db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(...parameters) as { detail: string }[];
  return steps.map(({ detail }) => detail);
}

/** Every statement that is prepared during the work. */
function statementsOf(db: Database.Database, work: () => void): string[] {
  const prepare = db.prepare.bind(db);
  const statements = new Set<string>();
  Object.assign(db, {
    prepare: (sql: string) => {
      statements.add(sql);
      return prepare(sql);
    },
  });
  try {
    work();
  } finally {
    Object.assign(db, { prepare });
  }
  return [...statements];
}

async function withLog(body: (db: Database.Database) => void): Promise<void> {
  await inFolder(async (folder) => {
    const path = join(folder, 'events.db');
    const store = await SqliteEventStore.open(path);
    for (let n = 0; n < 60; n += 1) {
      const stream: StreamName = `c${n % 3}-${n % 7}`;
      await store.append(stream, events(5, { type: `Type${n % 4}` }), 'any');
    }
    await store.close();
    const db = new Database(path, { readonly: true });
    try {
      body(db);
    } finally {
      db.close();
    }
  });
}

describe('how events are searched', () => {
  it('walks indexes in their order: nothing is scanned, nothing sorted', () =>
    withLog((db) => {
      const categories = ['c0', 'c1', 'c2'];
      const types = ['Type0', 'Type1', 'Type2'];
      const ranges = { after: 3n, before: 290n, recordedFrom: '2020-01-01', recordedTo: '2090-01-01' };
      const parts = [{ stream: 'c0-0' }, { categories }, { types }, { correlationId: 'x' }, ranges];
      const queries = Array.from({ length: 2 ** parts.length }, (_, bits) =>
        Object.assign({}, ...parts.filter((_part, n) => (bits >> n) % 2 === 1)),
      ) as EventQuery[];
      const statements = statementsOf(db, () => {
        const table = new EventTable(db, Date.now);
        for (const query of queries) {
          for (const direction of ['forwards', 'backwards'] as const) table.find({ ...query, direction, limit: 50 });
        }
        table.page(0, 300, { types }, 50);
        table.page(0, 300, { categories }, 50);
        table.page(0, 300, { types, categories }, 50);
      });
      const plans = statements
        .filter((sql) => /^\s*SELECT/i.test(sql) && /\bFROM event\b/.test(sql))
        .map((sql) => ({ sql, plan: planOf(db, sql).filter((step) => /\b(SCAN|SEARCH|TEMP)\b/.test(step)) }));
      expect(plans.length).toBeGreaterThan(15);
      for (const { sql, plan } of plans) {
        // The newest event is at the end of the table: one step, whatever SQLite calls it.
        if (/max\(position\) FROM event$|SELECT position, data FROM event ORDER BY position DESC LIMIT 1/.test(sql))
          continue;
        for (const step of plan) {
          expect({ sql, step }).toEqual({
            sql,
            step: expect.stringMatching(/^SEARCH (event|stream|category|event_type) USING/),
          });
        }
      }
    }));

  it.each([
    ['by category', 'WHERE category_id = ?', /event_by_category \(category_id=\? AND rowid>\? AND rowid<\?\)/],
    [
      'by type within a category',
      'WHERE type_id = ? AND category_id = ?',
      /event_by_kind \(type_id=\? AND category_id=\? AND rowid>\? AND rowid<\?\)/,
    ],
    ['by correlation', 'substr(CASE WHEN', /event_by_correlation \(<expr>=\? AND rowid>\? AND rowid<\?\)/],
    ['by position', 'WHERE TRUE', /INTEGER PRIMARY KEY \(rowid>\? AND rowid<\?\)/],
    [
      'by stream',
      'stream_id = ? AND revision >= ? AND revision < ?',
      /event_by_revision \(stream_id=\? AND revision>\? AND revision<\?\)/,
    ],
  ])('%s uses the index made for it, in both directions', (_, condition, plan) =>
    withLog((db) => {
      const statements = statementsOf(db, () => new EventTable(db, Date.now)).filter(
        (sql) => sql.startsWith('SELECT position FROM event') && sql.includes(condition),
      );
      expect(statements).toHaveLength(2);
      for (const sql of statements) expect(planOf(db, sql)).toEqual([expect.stringMatching(plan)]);
    }),
  );

  it('examines a bounded number of events for a page, and says where it stopped', () =>
    inFolder(async (folder) => {
      const store = await SqliteEventStore.open(join(folder, 'events.db'));
      const one = { $correlationId: 'one', $causationId: 'one', actor: 'test' };
      for (let n = 0; n < 10; n += 1) {
        await store.append('long-1', events(600, { type: 'Common', metadata: one }), 'any');
        await store.append('other-1', events(600, { type: 'Common' }), 'any');
      }
      // Both lists are long, and have nothing in common.
      const query = { stream: 'other-1', correlationId: 'one', limit: 10 };
      const first = await store.find(query);
      expect(first.events).toEqual([]);
      const next = first.next ?? 0n;
      expect([next > 4_000n, next < 12_000n]).toEqual([true, true]);
      expect(await store.find({ ...query, after: first.next! })).toEqual({ events: [], next: undefined });
      await store.close();
    }));

  it('finds instants where the clock was set back, also by an import', () =>
    inFolder(async (folder) => {
      let now = Date.parse('2026-11-22T12:00:00Z');
      const path = join(folder, 'events.db');
      const options = { now: () => now };
      let store = await SqliteEventStore.open(path, options);
      const minutes = [0, 1, 2, 0, 1, -5, -4, 9, 9, 3];
      for (const [n, minute] of minutes.entries()) {
        now = Date.parse('2026-11-22T12:00:00Z') + minute * 60_000;
        await store.append('stream-1', events(2), 'any');
        // Set-backs of the clock are still known after a restart.
        if (n === 4) {
          await store.close();
          store = await SqliteEventStore.open(path, options);
        }
      }
      const imported = {
        ...event(),
        stream: 'stream-2',
        revision: 0n,
        position: 99n,
        recordedAt: '2020-01-01T00:00:00.000Z',
      };
      await store.appendRecorded([imported as never]);
      const log = await all(store.readAll());
      const instants = [...new Set(log.map(({ recordedAt }) => recordedAt))];
      for (const recordedFrom of instants) {
        for (const recordedTo of instants) {
          const expected = log.filter((each) => each.recordedAt >= recordedFrom && each.recordedAt <= recordedTo);
          for (const direction of ['forwards', 'backwards'] as const) {
            const { events: found } = await store.find({ recordedFrom, recordedTo, direction, limit: 100 });
            expect(found).toEqual(direction === 'forwards' ? expected : expected.toReversed());
          }
        }
      }
      await store.close();
      const db = new Database(path, { readonly: true });
      expect(db.prepare('SELECT position FROM clock_setback').pluck().all()).toEqual([7, 11, 19, 21]);
      db.close();
    }));

  it('finds the same in a log of an older version, before and after it is updated', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      await copyFile(OLD_LOG, path);
      const before = new Database(path);
      // As if the clock had been set back in the middle.
      before.exec('UPDATE event SET recorded_at = recorded_at - 3600000 WHERE position > 12');
      before.close();
      const reader = await SqliteEventStore.openReadOnly(path);
      const log = await all(reader.readAll());
      const { stream, type, metadata, recordedAt } = at(log, 20);
      const queries: EventQuery[] = [
        { stream, types: [type], limit: 50 },
        { types: [type], categories: ['recording'], limit: 50, direction: 'backwards' },
        { correlationId: metadata.$correlationId, limit: 50 },
        { recordedFrom: recordedAt, recordedTo: recordedAt, limit: 50 },
        { recordedTo: recordedAt, limit: 50 },
      ];
      const found = await Promise.all(queries.map((query) => reader.find(query)));
      for (const { events: some } of found) expect(some.length).toBeGreaterThan(0);
      await reader.close();
      const store = await SqliteEventStore.open(path);
      expect(await Promise.all(queries.map((query) => store.find(query)))).toEqual(found);
      await store.close();
    }));

  it('accepts a log with damaged metadata, so that the damage can be located', () =>
    inFolder(async (folder) => {
      const path = join(folder, 'events.db');
      const store = await SqliteEventStore.open(path);
      await store.append('stream-1', events(3), 'no_stream');
      await store.close();
      const db = new Database(path);
      db.exec(`UPDATE event SET metadata = 'damaged' WHERE position = 2`);
      db.close();
      const reopened = await SqliteEventStore.open(path);
      expect(await reopened.verify()).toMatchObject({ kind: 'broken' });
      expect(await reopened.find({ correlationId: 'none', limit: 5 })).toEqual({ events: [], next: undefined });
      await reopened.close();
    }));
});
