/**
 * Pages of `GET /api/audit/events` from a log of realistic events, by every combination of filters, asked of the built server over
 * HTTP, one after the other. Half of the pages are asked with what one event of the log has (so that there is something to find),
 * half with what different events have (so that mostly there is not); oldest or newest first, from an end of the log or from
 * anywhere. Afterwards events by their position, with causes and effects.
 *
 * A busy machine shows in the clock and not in the thread's CPU time, so the same pages are also taken in this process from what
 * the controller calls; and the least that the server can be asked for, one event, is asked in between: the floor.
 *
 *   node bench/audit-events.ts [--events 1000000] [--pages 60] [--dir /tmp] [--log <a log made before>]
 */
import './support/sources.mjs';
import { EventRegistry, kernelEvents } from '@streamvault/kernel';
import { type EventStore, type RecordedEvent, SqliteEventStore } from '@streamvault/event-store';
import { videoEvents } from '@streamvault/library';
import { recordingEvents } from '@streamvault/recording';
import { streamerEvents } from '@streamvault/streamers';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const { endAll, paths, Service } = await import('./support/processes.js');
const { writeRealisticLog } = await import('./support/realistic-log.js');

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    pages: { type: 'string', default: '60' },
    dir: { type: 'string', default: tmpdir() },
    log: { type: 'string' },
  },
});
const EVENTS = Number(values.events);
const PAGES = Number(values.pages);
const SAMPLES = 2_000;
const LIMIT_MS = 50;
if (![EVENTS, PAGES].every((number) => Number.isSafeInteger(number) && number > 0))
  throw new Error('--events and --pages must be whole numbers from 1.');
if (!existsSync(paths.server)) throw new Error('The server is not built. Run "npm run build" first.');

/** What a page is asked by, of events picked at random. */
const filters: Readonly<Record<string, (pick: () => RecordedEvent) => Readonly<Record<string, string>>>> = {
  stream: (pick) => ({ stream: pick().stream }),
  category: (pick) => ({ category: any(pick, 2, ({ stream }) => stream.slice(0, stream.indexOf('-'))) }),
  type: (pick) => ({ type: any(pick, 4, ({ type }) => type) }),
  correlation: (pick) => ({ correlationId: pick().metadata.$correlationId }),
  time: (pick) => {
    const [from, to] = [pick(), pick()].map(({ recordedAt }) => recordedAt).toSorted();
    return { ...(Math.random() < 0.7 && { from: from ?? '' }), ...(Math.random() < 0.7 && { to: to ?? '' }) };
  },
};
const names = Object.keys(filters);
const combinations = Array.from({ length: 2 ** names.length }, (_, bits) =>
  names.filter((_name, index) => (bits >> index) % 2 === 1),
);

const folder = mkdtempSync(join(values.dir, 'streamvault-audit-events-'));
try {
  const path = join(folder, 'events.db');
  if (values.log === undefined) await writeRealisticLog(path, EVENTS);
  else copyFileSync(values.log, path);
  process.exitCode = await measure(path);
} finally {
  endAll();
  rmSync(folder, { recursive: true, force: true });
}

async function measure(path: string): Promise<number> {
  const opening = performance.now();
  await (await SqliteEventStore.open(path)).close();
  const openedIn = performance.now() - opening;
  const { events, head } = await sample(path);
  const data = join(folder, 'data');
  mkdirSync(data);
  const server = await Service.server(data, { ROLES: 'api', EVENT_STORE_URL: `sqlite:${path}` });
  const ask = async (route: string) => {
    const began = performance.now();
    const answer = await server.fetch(route);
    const body = await answer.text();
    const milliseconds = performance.now() - began;
    if (!answer.ok) throw new Error(`${route} answers ${answer.status}: ${body.slice(0, 300)}`);
    return { milliseconds, body };
  };
  for (let n = 0; n < 200; n += 1) await ask(`/api/audit/events?${queryOf(random(combinations), events)}`);

  const reader = await SqliteEventStore.openReadOnly(path);
  const local = await inThisProcess(reader as unknown as EventStore);
  const rows: Row[] = [];
  const floor: Row = { what: 'the floor: one event', times: [], cpu: [], found: 0, short: 0 };
  for (const combination of combinations) {
    const row: Row = { what: combination.join(' + ') || 'nothing', times: [], cpu: [], found: 0, short: 0 };
    for (let n = 0; n < PAGES; n += 1) {
      const query = queryOf(combination, events);
      const { body, milliseconds } = await ask(`/api/audit/events?${query}`);
      const { items, nextCursor } = JSON.parse(body) as { items: unknown[]; nextCursor: string | null };
      row.times.push(milliseconds);
      row.cpu.push(await local.page(query));
      row.found += items.length;
      if (nextCursor !== null && items.length < Number(query.get('limit'))) row.short += 1;
      floor.times.push((await ask('/api/audit/events?limit=1')).milliseconds);
    }
    rows.push(row);
  }
  const one: Row = { what: 'one event, its causes and effects', times: [], cpu: [], found: 0, short: 0 };
  for (let n = 0; n < 10 * PAGES; n += 1) {
    const { position } = random(events);
    one.times.push((await ask(`/api/audit/events/${position}`)).milliseconds);
    one.cpu.push(await local.one(String(position)));
  }
  await reader.close();
  await server.stop();

  const pages: Row = { what: 'all pages', times: [], cpu: [], found: 0, short: 0 };
  for (const row of rows) {
    pages.times.push(...row.times);
    pages.cpu.push(...row.cpu);
    pages.found += row.found;
    pages.short += row.short;
  }
  const results = [...rows, pages, floor, one].map(({ what, times, cpu, found, short }) => ({
    what,
    'p50 ms': percentile(times, 0.5),
    'p99 ms': percentile(times, 0.99),
    'p99 CPU ms': cpu.length === 0 ? null : percentile(cpu, 0.99),
    'most CPU ms': cpu.length === 0 ? null : percentile(cpu, 1),
    'events per page': Math.round(found / times.length),
    'short pages': short,
  }));
  console.table(results);
  for (const result of results) console.log(JSON.stringify({ bench: 'audit-events', events: head, ...result }));
  console.log(JSON.stringify({ bench: 'audit-events', openedInMs: Math.round(openedIn), loadAverage: loadavg() }));
  const all = results.find(({ what }) => what === 'all pages');
  // The clock counts only if the machine is otherwise idle.
  const isQuiet = percentile(floor.times, 0.99) < LIMIT_MS / 2;
  return (all?.[isQuiet ? 'p99 ms' : 'p99 CPU ms'] ?? Infinity) < LIMIT_MS ? 0 : 1;
}

interface Row {
  readonly what: string;
  /** Milliseconds by the clock, and of this thread's CPU time. */
  readonly times: number[];
  readonly cpu: number[];
  found: number;
  short: number;
}

/** The controller's work, to be measured in milliseconds of CPU time. */
async function inThisProcess(store: EventStore) {
  const registry = new EventRegistry([...kernelEvents, ...streamerEvents, ...recordingEvents, ...videoEvents]);
  const { AuditEvents } = await import(join(dirname(paths.server), 'audit/audit-events.js'));
  const { auditEventsQuery } = await import('@streamvault/api-contract');
  const audit = new AuditEvents(store, registry);
  const measured = async (answer: () => Promise<unknown>): Promise<number> => {
    const before = process.threadCpuUsage();
    JSON.stringify(await answer());
    const { user, system } = process.threadCpuUsage(before);
    return (user + system) / 1000;
  };
  return {
    page: (query: URLSearchParams) => measured(() => audit.list(auditEventsQuery.parse(Object.fromEntries(query)))),
    one: (position: string) => measured(() => audit.one(position)),
  };
}

/** Events from all parts of the log. */
async function sample(path: string): Promise<{ events: readonly RecordedEvent[]; head: number }> {
  const reader = await SqliteEventStore.openReadOnly(path);
  const head = (await reader.headPosition()) ?? 0n;
  const events: RecordedEvent[] = [];
  for (let n = 0n; n < SAMPLES; n += 1n) {
    const after = ((head - 1n) * n) / BigInt(SAMPLES);
    for await (const event of reader.readAll({ after: after as never, limit: 1 })) events.push(event);
  }
  await reader.close();
  return { events, head: Number(head) };
}

function queryOf(combination: readonly string[], events: readonly RecordedEvent[]): URLSearchParams {
  const same = random(events);
  const pick = Math.random() < 0.5 ? () => same : () => random(events);
  const query: Record<string, string> = { order: random(['oldest', 'newest']), limit: random(['50', '50', '200']) };
  for (const name of combination) Object.assign(query, filters[name]?.(pick));
  if (Math.random() < 0.5) {
    query[query['order'] === 'oldest' ? 'after' : 'before'] = String(random(events).position);
  }
  return new URLSearchParams(query);
}

/** A comma list of at most `most` values. */
function any(pick: () => RecordedEvent, most: number, what: (event: RecordedEvent) => string): string {
  const count = 1 + Math.floor(Math.random() * most);
  return [...new Set(Array.from({ length: count }, () => what(pick())))].join();
}

function random<T>(list: readonly T[]): T {
  const item = list[Math.floor(Math.random() * list.length)];
  if (item === undefined) throw new Error('There is nothing to choose from.');
  return item;
}

function percentile(numbers: readonly number[], part: number): number {
  const sorted = numbers.toSorted((left, right) => left - right);
  return Number((sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? Number.NaN).toFixed(1));
}
