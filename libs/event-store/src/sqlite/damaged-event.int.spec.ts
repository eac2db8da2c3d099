import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { join } from 'node:path';
import { all, event, revisions, Subscriber } from '../contract/context.testing.js';
import { EventDamaged } from '../errors.js';
import { positionOf } from '../position.js';
import { SqliteEventStore } from './sqlite-event-store.js';
import { inFolder } from './temporary-log.testing.js';

/** Ten events alternating between two streams, one of them damaged. */
async function damaged(folder: string, sql: string): Promise<SqliteEventStore> {
  const path = join(folder, 'events.db');
  const store = await SqliteEventStore.open(path);
  for (let n = 0; n < 5; n += 1) {
    await store.append('one-1', [event({ data: { n } })], 'any');
    await store.append('two-1', [event({ data: { n } })], 'any');
  }
  await store.close();
  const db = new Database(path);
  db.exec(sql);
  db.close();
  return SqliteEventStore.open(path);
}

const NO_JSON = `UPDATE event SET data = '{"n":' WHERE position = 5`;

describe('a log with a damaged event', () => {
  it('says which one it is when it is read, and reads all others', () =>
    inFolder(async (folder) => {
      const store = await damaged(folder, NO_JSON);
      const failure = await all(store.readStream('one-1')).catch((error: unknown) => error);
      expect(failure).toBeInstanceOf(EventDamaged);
      expect(failure).toMatchObject({
        code: 'log.damaged',
        message: expect.stringMatching(
          /^The event at position 5 \(\w+ in one-1\) is damaged: it holds no JSON\. .*backup/,
        ),
        place: { position: 5n, revision: 2n, stream: 'one-1' },
      });
      expect(await revisions(store.readStream('two-1'))).toHaveLength(5);
      expect(await all(store.readAll({ after: positionOf(5) }))).toHaveLength(5);
      const subscriber = new Subscriber(store);
      await expect(subscriber.caughtUp()).rejects.toBeInstanceOf(EventDamaged);
      expect(subscriber.events).toHaveLength(4);
      await store.close();
    }));

  it('shows it in searches, marked as damaged', () =>
    inFolder(async (folder) => {
      const store = await damaged(folder, NO_JSON);
      const { events } = await store.find({ limit: 50 });
      expect(events).toHaveLength(10);
      expect(events[4]).toMatchObject({ version: 0, stream: 'one-1', data: { damaged: expect.any(String) } });
      expect(await store.eventAt(positionOf(5))).toEqual(events[4]);
      await store.close();
    }));

  it.each([
    [
      'an instant beyond the calendar',
      'UPDATE event SET recorded_at = 9000000000000000 WHERE position = 5',
      /Invalid time/,
    ],
    [
      'a name that is gone',
      'UPDATE event SET type_id = 99 WHERE position = 5',
      /event_type 99, which it does not have/,
    ],
  ])('takes %s as damage', (_, sql, message) =>
    inFolder(async (folder) => {
      const store = await damaged(folder, sql);
      await expect(all(store.readAll())).rejects.toMatchObject({
        code: 'log.damaged',
        message: expect.stringMatching(message),
        place: { position: 5n, stream: 'one-1' },
      });
      await store.close();
    }),
  );

  it('remembers what was read, in its health', () =>
    inFolder(async (folder) => {
      const store = await damaged(folder, NO_JSON);
      expect(await store.health()).toMatchObject({ status: 'ok' });
      await all(store.readAll()).catch(() => undefined);
      expect(await store.health()).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/position 5 .*damaged/),
      });
      expect(store.findings).toHaveLength(1);
      await store.close();
    }));

  it('is found by the check in the background, whether it is read or not', () =>
    inFolder(async (folder) => {
      const store = await damaged(folder, NO_JSON);
      expect(await store.verifyInBackground()).toMatchObject({ kind: 'broken', position: 5n, break: 'changed' });
      expect(await store.health()).toMatchObject({
        status: 'warn',
        detail: expect.stringMatching(/broken at position 5 \(changed\).*log verify/),
      });
      await store.close();
    }));

  it('is found even if its hash was made again', () =>
    inFolder(async (folder) => {
      const sql = `${NO_JSON}; DROP INDEX event_by_correlation; UPDATE event SET hash = NULL; INSERT INTO chaining VALUES (0)`;
      const store = await damaged(folder, sql);
      expect(await store.verify()).toMatchObject({
        kind: 'broken',
        position: 5n,
        detail: "The event's content is not JSON.",
      });
      await store.close();
    }));
});
