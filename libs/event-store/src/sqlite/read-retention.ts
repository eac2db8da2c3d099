import { setImmediate } from 'node:timers/promises';
import { metadataOf } from '../retention.js';
import type { StreamRetention } from '../transfer/recorded-events.js';
import type { RetentionRow } from './stream-table.js';

const PAGE_SIZE = 500;

/** @param page returns at most `limit` streams with an id greater than `after` */
export async function* readRetention(
  page: (after: number, limit: number) => readonly RetentionRow[],
): AsyncGenerator<StreamRetention, void, undefined> {
  for (let after = 0; ; await setImmediate()) {
    const rows = page(after, PAGE_SIZE);
    for (const row of rows) yield { stream: row.name, metadata: metadataOf(row) };
    const last = rows.at(-1);
    if (last === undefined || rows.length < PAGE_SIZE) return;
    after = last.id;
  }
}
