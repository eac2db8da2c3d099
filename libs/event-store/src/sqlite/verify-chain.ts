import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { EventLogDamaged } from '../errors.js';
import { type ChainLink, HASH_LENGTH, HashChain } from '../hash-chain.js';
import type { ChainBreak, LogHead, Verification, VerifyOptions } from '../log-verification.js';
import type { Position } from '../port.js';
import { positionOf } from '../position.js';
import { clampToSafe } from '../retention.js';
import { categoryOf } from '../stream-name.js';
import type { ChainEnd, ChainRow, ChainTable } from './chain-table.js';

/** Rows between two turns of the event loop: about a millisecond. */
const PAGE_SIZE = 500;
/** At low priority: short pages, each followed by a pause of this many times its duration. */
const GENTLE_PAGE_SIZE = 100;
const GENTLE = 9;
/** How far events may have been moved up for the search to find it. */
const MAX_MOVED = 20_000;
const NO_HASH = new Uint8Array(HASH_LENGTH);

export function headOf(end: ChainEnd): LogHead {
  return { position: positionOf(end.position), hash: hex(end.hash ?? NO_HASH) };
}

export function hashAt(log: ChainTable, position: Position): string | undefined {
  const hash = log.hashAt(clampToSafe(position));
  return hash ? hex(hash) : undefined;
}

/**
 * Verifies the chain up to the log's present end, page by page, and stops at the first position that differs.
 * @throws RangeError if `from` is past the log's end or `expectedHead` is malformed
 */
export async function verifyChain(log: ChainTable, options: VerifyOptions = {}): Promise<Verification> {
  const { from, expectedHead: expected, isGentle = false, onProgress, signal } = options;
  if (expected !== undefined && !/^[\da-f]{64}$/i.test(expected.hash)) {
    throw new RangeError('A head is a position and a hash of 64 hexadecimal digits.');
  }
  const end = log.end();
  const start = startOf(from, end, log);
  if ('kind' in start) return start;
  let { last } = start;
  const { chain } = start;
  let events = 0;
  const expectedAt = expected === undefined ? undefined : clampToSafe(expected.position);
  let found = last === expectedAt ? hex(chain.hash) : undefined;
  while (last < end.position) {
    signal?.throwIfAborted();
    const began = performance.now();
    const rows = log.page(last, end.position, isGentle ? GENTLE_PAGE_SIZE : PAGE_SIZE);
    for (const row of rows) {
      const [position] = row;
      if (position !== last + 1)
        return broken(last + 1, 'missing', `There is no event up to position ${position - 1}.`);
      const before = Buffer.from(chain.hash);
      const complaint = complaintOf(log, row, chain);
      if (complaint !== undefined) return await classified(log, row, before, complaint, signal);
      last = position;
      events += 1;
      if (last === expectedAt) found = hex(chain.hash);
    }
    if (rows.length === 0) return broken(last + 1, 'missing', 'The event disappeared during the check.');
    onProgress?.({ position: positionOf(last), until: positionOf(end.position) });
    if (last < end.position) await (isGentle ? sleep(GENTLE * (performance.now() - began)) : setImmediate());
  }
  const [altered] = log.alterations();
  if (altered !== undefined) return broken(0, 'altered', altered);
  if (end.lastGiven > end.position) {
    return broken(end.position + 1, 'truncated', `The log had continued to position ${end.lastGiven}.`);
  }
  return againstHead(expected, found, { kind: 'intact', events, head: headOf(end) });
}

function startOf(
  from: bigint | undefined,
  end: ChainEnd,
  log: ChainTable,
): { last: number; chain: HashChain } | Verification {
  const last = from === undefined ? 0 : clampToSafe(from) - 1;
  if (last <= 0) return { last: 0, chain: new HashChain() };
  if (last > end.position)
    throw new RangeError(`The log ends at position ${end.position}: there is nothing to verify from ${from}.`);
  const hash = log.hashAt(last);
  if (hash === undefined) return broken(last, 'missing', 'There is no event before the first one to verify.');
  if (hash?.length !== HASH_LENGTH) return broken(last, 'changed', 'The event has lost its hash.');
  return { last, chain: new HashChain(hash) };
}

/** The fault of an event, given that all before it are right. The chain moves on to it. */
function complaintOf(log: ChainTable, row: ChainRow, chain: HashChain): string | undefined {
  const stored = row[10];
  let link: ChainLink;
  try {
    link = log.linkOf(row);
    chain.add(link);
    const category = categoryOf(link.stream);
    if (log.categoryOf(row) !== category) return `Its category is not that of its stream ${link.stream}.`;
  } catch (error) {
    // A name to which its row refers is gone: the hash cannot be computed, and that is the finding.
    if (error instanceof EventLogDamaged) return error.message;
    throw error;
  }
  if (stored === null) return 'The event has lost its hash.';
  if (!chain.hash.equals(stored)) return 'The event is not the one from which its hash was made.';
  return isJson(link.data) && isJson(link.metadata) ? undefined : "The event's content is not JSON.";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // That is the answer.
    return false;
  }
}

/** Determines the kind of break. Slow, but it runs only once. */
async function classified(
  log: ChainTable,
  row: ChainRow,
  before: Uint8Array,
  complaint: string,
  signal: AbortSignal | undefined,
): Promise<Verification> {
  const [position, , revision] = row;
  const home = await homeOf(log, row, before, signal);
  if (home !== undefined) return broken(position, 'reordered', `The event that is here belongs at position ${home}.`);
  if (isMovedUp(log, row))
    return broken(position, 'missing', 'What follows was moved up by the number of missing events.');
  const predecessor = revision === 0 ? 0 : log.predecessorOf(row);
  if (predecessor === undefined) {
    return broken(position, 'missing', `The event before revision ${revision} of its stream is gone.`);
  }
  if (predecessor > position) {
    return broken(position, 'reordered', `The previous event of its stream comes after it, at ${predecessor}.`);
  }
  return broken(position, 'changed', complaint);
}

/** Whether the next event builds on this one as it was further down: then something between was removed. */
function isMovedUp(log: ChainTable, row: ChainRow): boolean {
  const [position] = row;
  const base = row[10];
  const [next] = log.page(position, Number.MAX_SAFE_INTEGER, 1);
  const expected = next?.[10];
  if (next === undefined || !expected || base?.length !== HASH_LENGTH) return false;
  const link = linkIfAny(log, next);
  if (link === undefined) return false;
  const chain = new HashChain();
  for (let distance = 1; distance <= MAX_MOVED; distance += 1) {
    chain.goOnFrom(base);
    if (chain.add({ ...link, position: link.position + distance }).equals(expected)) return true;
  }
  return false;
}

/** Undefined if a name is gone: then it cannot be hashed, wherever it belongs. */
function linkIfAny(log: ChainTable, row: ChainRow): ChainLink | undefined {
  try {
    return log.linkOf(row);
  } catch (error) {
    if (error instanceof EventLogDamaged) return undefined;
    throw error;
  }
}

/** The position to which this event's content belongs, if any: judged by its own hash, or by the hash stored there. */
async function homeOf(
  log: ChainTable,
  row: ChainRow,
  before: Uint8Array,
  signal: AbortSignal | undefined,
): Promise<number | undefined> {
  const [position] = row;
  const own = row[10];
  const link = linkIfAny(log, row);
  if (link === undefined) return undefined;
  const chain = new HashChain();
  let previous = before;
  for (let last = position - 1; ;) {
    signal?.throwIfAborted();
    const hashes = log.hashes(last, PAGE_SIZE);
    for (const [at, stored] of hashes) {
      // Two neighbours that changed places: the first one is now second, and took its hash along or left it.
      for (const base of stored === null ? [previous] : [previous, stored]) {
        if (base.length !== HASH_LENGTH) continue;
        chain.goOnFrom(base);
        const hash = chain.add({ ...link, position: at });
        if (at !== position && ((own !== null && hash.equals(own)) || (stored !== null && hash.equals(stored))))
          return at;
      }
      previous = stored ?? previous;
      last = at;
    }
    if (hashes.length < PAGE_SIZE) return undefined;
    await setImmediate();
  }
}

function againstHead(
  expected: LogHead | undefined,
  found: string | undefined,
  intact: Extract<Verification, { kind: 'intact' }>,
): Verification {
  if (expected === undefined) return intact;
  if (expected.position > intact.head.position) {
    const end = Number(intact.head.position);
    return broken(end + 1, 'truncated', `The expected head is at position ${expected.position}.`);
  }
  if (found === undefined) throw new RangeError('The expected head lies before the first position to verify.');
  if (found === expected.hash.toLowerCase()) return intact;
  const position = Number(expected.position);
  return broken(position, 'rewritten', 'The log is consistent, but an event up to here has changed since then.');
}

function broken(position: number, kind: ChainBreak, detail: string): Verification {
  return { kind: 'broken', position: positionOf(position), break: kind, detail };
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
