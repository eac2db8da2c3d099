import type { Database } from 'better-sqlite3';
import { setImmediate } from 'node:timers/promises';
import { HashChain } from '../hash-chain.js';
import { ChainTable } from './chain-table.js';
import { isChained } from './schema.js';

/** Events per transaction: some milliseconds of work, and a log file that does not double. */
const STEP = 1_000;

/**
 * Gives the events of a log from before the hash chain their hashes, as they are found, once. Each step is a
 * transaction that also stores how far it came: a kill, or a full disk, costs at most one step.
 */
export async function chainOldEvents(db: Database): Promise<void> {
  if (isChained(db)) return;
  const events = new ChainTable(db);
  const hashedTo = db.prepare<[], number>('SELECT hashed_to FROM chaining').pluck();
  const setHash = db.prepare<[Uint8Array, number]>('UPDATE event SET hash = ? WHERE position = ?');
  const setHashedTo = db.prepare<[number]>('UPDATE chaining SET hashed_to = ?');
  const finish = db.prepare('DELETE FROM chaining');
  const step = db.transaction((): boolean => {
    const from = hashedTo.get() ?? 0;
    const chain = new HashChain(from === 0 ? undefined : (events.hashAt(from) ?? undefined));
    const rows = events.page(from, Number.MAX_SAFE_INTEGER, STEP);
    for (const row of rows) setHash.run(chain.add(events.linkOf(row)), row[0]);
    const last = rows.at(-1);
    if (last === undefined || rows.length < STEP) finish.run();
    else setHashedTo.run(last[0]);
    return rows.length === STEP;
  });
  while (step.immediate()) await setImmediate();
}
