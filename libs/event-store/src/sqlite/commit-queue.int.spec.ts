import { describe, expect, it } from '@jest/globals';
import Database from 'better-sqlite3';
import { CommitQueue } from './commit-queue.js';

/** A queue with its own database that reports the statements it executes. */
function setup() {
  const log: string[] = [];
  const db = new Database(':memory:', { verbose: (statement) => log.push(String(statement)) });
  db.exec(`
    CREATE TABLE parent (id INTEGER PRIMARY KEY);
    CREATE TABLE entry (
      name TEXT PRIMARY KEY,
      parent_id INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED
    )`);
  const hooks = { commits: 0, rollbacks: 0 };
  const queue = new CommitQueue(db, {
    onCommit: () => {
      hooks.commits += 1;
    },
    onRollback: () => {
      hooks.rollbacks += 1;
    },
    asError: (failure) => failure,
  });
  const insert = db.prepare('INSERT INTO entry VALUES (?, ?)');
  const names = db.prepare<[], string>('SELECT name FROM entry ORDER BY rowid').pluck();
  return {
    db,
    queue,
    hooks,
    names: () => names.all(),
    count: (statement: string) => log.filter((line) => line === statement).length,
    add: (name: string, parent: number | null = null, weight = 1) =>
      queue.enqueue((atomically) => atomically(() => insert.run(name, parent).changes), weight),
  };
}

describe('CommitQueue', () => {
  it('puts what is requested together into one transaction, in order, each with its savepoint', async () => {
    const { add, names, count } = setup();
    await Promise.all(Array.from({ length: 50 }, (_, n) => add(`n${n}`)));
    expect(names()).toEqual(Array.from({ length: 50 }, (_, n) => `n${n}`));
    expect([count('BEGIN IMMEDIATE'), count('COMMIT'), count('SAVEPOINT job')]).toEqual([1, 1, 50]);
  });

  it('limits a commit by jobs and by weight, and still takes one heavy job alone', async () => {
    const { add, count } = setup();
    await Promise.all(Array.from({ length: 2_500 }, (_, n) => add(`n${n}`)));
    expect(count('COMMIT')).toBe(3);
    await Promise.all([add('heavy', null, 10 ** 9), add('light'), add('lighter'), add('heavy too', null, 10 ** 9)]);
    expect(count('COMMIT')).toBe(6);
  });

  it('undoes only a failing job, including what it had written', async () => {
    const { add, queue, names, hooks } = setup();
    const failing = queue.enqueue((atomically) => {
      atomically(() => {
        throw new Error('half way');
      });
    }, 1);
    const results = await Promise.allSettled([add('a'), failing, add('a'), add('b')]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
    expect(names()).toEqual(['a', 'b']);
    expect(hooks).toEqual({ commits: 1, rollbacks: 2 });
    expect(queue.lastFailure).toBeUndefined();
  });

  it('rejects all when the COMMIT fails, stores none of them, and continues', async () => {
    const { add, queue, names, hooks } = setup();
    // The broken reference is detected only at the COMMIT.
    const results = await Promise.allSettled([add('a'), add('b', 404), add('c')]);
    for (const result of results) {
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'SQLITE_CONSTRAINT_FOREIGNKEY' } });
    }
    expect(names()).toEqual([]);
    expect(hooks).toEqual({ commits: 0, rollbacks: 1 });
    expect(queue.lastFailure).toMatchObject({ code: 'SQLITE_CONSTRAINT_FOREIGNKEY' });
    await add('d');
    expect(names()).toEqual(['d']);
    expect(queue.lastFailure).toBeUndefined();
  });

  it('rejects all when SQLite abandons the whole transaction during one job', async () => {
    const { add, db, queue, names } = setup();
    const giveUp = db.prepare("INSERT OR ROLLBACK INTO entry VALUES ('a', NULL)");
    const ruin = () => queue.enqueue((atomically) => atomically(() => giveUp.run().changes), 1);
    const results = await Promise.allSettled([add('a'), ruin(), add('b')]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
    expect(names()).toEqual([]);
    await add('c');
    expect(names()).toEqual(['c']);
  });

  it('on a full database rejects what does not fit, and keeps what was stored', async () => {
    const { add, db, names } = setup();
    await add('a');
    db.pragma(`max_page_count = ${String(db.pragma('page_count', { simple: true }))}`);
    await expect(add('x'.repeat(100_000))).rejects.toMatchObject({ code: 'SQLITE_FULL' });
    expect(names()).toEqual(['a']);
    db.pragma('max_page_count = 1000');
    await add('b');
    expect(names()).toEqual(['a', 'b']);
  });

  it('is idle once everything has settled', async () => {
    const { add, queue } = setup();
    await queue.idle();
    const settled: string[] = [];
    for (const name of ['a', 'b']) void add(name, null, 10 ** 9).then(() => settled.push(name));
    await queue.idle();
    expect(settled).toEqual(['a', 'b']);
  });
});
