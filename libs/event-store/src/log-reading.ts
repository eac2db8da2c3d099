import { setImmediate } from 'node:timers/promises';
import { EventDamaged } from './errors.js';
import type { LogSource } from './log-source.js';
import type { Direction, EventFilter, EventQuery, FoundEvents, Position, RecordedEvent } from './port.js';
import { positionOf } from './position.js';
import { clampToSafe } from './retention.js';

/** Large enough to make a query's own cost negligible, small enough to block the event loop for only a millisecond. */
export const PAGE_SIZE = 500;

/**
 * Reads the log up to its head at the first step: a consumer that appends while it reads still comes to an end. Nothing
 * is held open between two pages, and the event loop gets its turn there.
 */
export async function* readLog<Row>(
  source: LogSource<Row>,
  options: { readonly after?: bigint; readonly filter?: EventFilter; readonly limit?: number },
): AsyncGenerator<RecordedEvent, void, undefined> {
  const until = source.head();
  let remaining = limitOf(options.limit);
  let cursor = options.after === undefined ? 0 : clampToSafe(options.after);
  while (cursor < until && remaining > 0) {
    const page = source.page(cursor, until, options.filter, Math.min(PAGE_SIZE, remaining));
    for (const row of page.rows) yield source.decode(row);
    remaining -= page.rows.length;
    cursor = page.seenTo;
    if (cursor < until) await setImmediate();
  }
}

export async function* readStream<Row>(
  source: LogSource<Row>,
  stream: string,
  options: { readonly from?: bigint; readonly direction?: Direction; readonly limit?: number },
): AsyncGenerator<RecordedEvent, void, undefined> {
  const head = source.streamHead(stream);
  const step = options.direction === 'backwards' ? -1 : 1;
  const until = step > 0 ? head : 0;
  let remaining = limitOf(options.limit);
  let from = options.from === undefined ? (step > 0 ? 0 : head) : clampToSafe(options.from);
  from = step > 0 ? Math.max(0, from) : Math.min(head, from);
  while (remaining > 0 && (until - from) * step >= 0) {
    const size = Math.min(PAGE_SIZE, remaining);
    const rows = source.streamPage(stream, from, until, step > 0 ? 'forwards' : 'backwards', size);
    for (const row of rows) yield source.decode(row);
    const last = rows.at(-1);
    if (last === undefined || rows.length < size) return;
    remaining -= rows.length;
    from = source.revisionOf(last) + step;
    await setImmediate();
  }
}

/** @throws RangeError */
export function findIn<Row>(source: LogSource<Row>, query: EventQuery): FoundEvents {
  const { rows, next } = source.find(query);
  return { events: rows.map((row) => decodeAny(source, row)), next: next === undefined ? undefined : positionOf(next) };
}

export function eventIn<Row>(source: LogSource<Row>, position: Position): RecordedEvent | undefined {
  const row = source.at(clampToSafe(position));
  return row === undefined ? undefined : decodeAny(source, row);
}

/**
 * Also returns a damaged event, with what is left of it, so that a search shows that it exists. Its version is 0, which
 * no type has, so that it cannot be mistaken for the original.
 */
function decodeAny<Row>(source: LogSource<Row>, row: Row): RecordedEvent {
  try {
    return source.decode(row);
  } catch (error) {
    if (!(error instanceof EventDamaged)) throw error;
    const { stream = 'lost-0', type = 'lost', recordedAt = new Date(0).toISOString(), ...place } = error.place;
    const metadata = { $correlationId: '', $causationId: '', actor: '' };
    return { ...place, stream, type, recordedAt, version: 0, data: { damaged: error.message }, metadata };
  }
}

function limitOf(limit: number | undefined): number {
  if (limit === undefined) return Infinity;
  if (limit >= 0 && (Number.isInteger(limit) || limit === Infinity)) return limit;
  throw new RangeError(`A limit must be a whole number from 0, not ${limit}.`);
}
