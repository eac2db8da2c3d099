import Database from 'better-sqlite3';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, megabytes, round, spread } from './figures.js';
import { cpuSeconds, pssBytes } from './process-costs.js';
import { endAll, Service, until } from './processes.js';
import { writeRealisticLog } from './realistic-log.js';

const goals = { eventsPerSecond: 50_000, megabytesAboveIdle: 300 };
const sampleMilliseconds = 100;
const idleSeconds = 5;

interface Projections {
  readonly items: readonly {
    readonly name: string;
    readonly state: string;
    readonly error: string | null;
    readonly rebuild: { readonly state: string; readonly error: string | null } | null;
  }[];
}

interface Round {
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly scanSeconds: number;
  readonly peakMegabytes: number;
  /** Milliseconds that a page of recordings took meanwhile. */
  readonly answers: readonly number[];
}

/** Returns the exit code: 1 if the longest log misses a goal. */
export async function measureRebuild(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      events: { type: 'string', default: '100000,1000000' },
      rounds: { type: 'string', default: '3' },
      dir: { type: 'string', default: tmpdir() },
      'keep-logs': { type: 'boolean', default: false },
    },
  });
  const lengths = values.events.split(',').map((text) => positiveInteger('events', text));
  const rounds = positiveInteger('rounds', values.rounds);
  const keep = values['keep-logs'];
  const folder = keep ? join(values.dir, 'streamvault-rebuild') : mkdtempSync(join(values.dir, 'streamvault-rebuild-'));
  const cleanUp = () => {
    endAll();
    if (!keep) rmSync(folder, { recursive: true, force: true });
  };
  process.once('SIGINT', () => {
    cleanUp();
    process.exit(1);
  });
  try {
    const results = [];
    for (const length of lengths) results.push(await measureLog(join(folder, String(length)), length, rounds));
    console.table(
      results.map(({ events, ...figures }) => ({
        events,
        'events/s': figures.eventsPerSecond.median,
        'events/CPU s': figures.eventsPerCpuSecond.median,
        'ratio to scan': figures.ratioToScan.median,
        'MB above idle': figures.megabytesAboveIdle.greatest,
        'MB idle': figures.idleMegabytes,
        'answer p99 ms': figures.answerMilliseconds.p99,
        'longest ms': figures.answerMilliseconds.longest,
      })),
    );
    const told = results.map((result) => ({
      bench: 'rebuild',
      rounds,
      load: loadavg().map((n) => round(n, 1)),
      ...result,
    }));
    for (const result of told) console.log(JSON.stringify(result));
    const last = results.at(-1);
    const missed =
      last === undefined ||
      last.eventsPerSecond.median < goals.eventsPerSecond ||
      last.megabytesAboveIdle.greatest > goals.megabytesAboveIdle;
    return missed ? 1 : 0;
  } finally {
    cleanUp();
  }
}

async function measureLog(folder: string, length: number, rounds: number) {
  const path = join(folder, 'events.db');
  mkdirSync(folder, { recursive: true });
  if (!existsSync(path)) await writeRealisticLog(path, length);
  const first = await Service.server(folder);
  const built = performance.now();
  await idle(first, 3600);
  const firstBuildSeconds = (performance.now() - built) / 1000;
  await first.stop();
  // Building them the first time must not count as idle.
  const server = await Service.server(folder);
  await idle(server, 60);
  await wait(idleSeconds * 1000);
  const idleBytes = pssBytes(server.pid);
  const events = countOf(path);
  const all: Round[] = [];
  for (let index = 0; index < rounds; index += 1) all.push(await rebuildAll(server, path, events));
  await server.stop();
  const answers = all.flatMap((each) => each.answers).toSorted((a, b) => a - b);
  return {
    events,
    firstBuildSeconds: round(firstBuildSeconds, 1),
    seconds: spread(all.map(({ seconds }) => seconds)),
    eventsPerSecond: spread(
      all.map(({ seconds }) => events / seconds),
      0,
    ),
    eventsPerCpuSecond: spread(
      all.map((each) => events / each.cpuSeconds),
      0,
    ),
    ratioToScan: spread(all.map(({ seconds, scanSeconds }) => scanSeconds / seconds)),
    scanEventsPerSecond: round(events / median(all.map(({ scanSeconds }) => scanSeconds)), 0),
    idleMegabytes: megabytes(idleBytes),
    megabytesAboveIdle: spread(
      all.map(({ peakMegabytes }) => peakMegabytes - megabytes(idleBytes)),
      0,
    ),
    answerMilliseconds: {
      p50: round(median(answers), 1),
      p99: round(answers[Math.floor(answers.length * 0.99)] ?? Number.NaN, 1),
      longest: round(answers.at(-1) ?? Number.NaN, 1),
    },
  };
}

async function rebuildAll(server: Service, path: string, events: number): Promise<Round> {
  const scanSeconds = rawScan(path, events);
  const over = new AbortController();
  const answers = askForRecordings(server, over.signal);
  const peak = sampleMemory(server.pid, over.signal);
  const cpuBefore = cpuSeconds(server.pid).own;
  const begun = performance.now();
  await server.json('POST', '/api/audit/projections/all/rebuild');
  await idle(server, 3600);
  const seconds = (performance.now() - begun) / 1000;
  const spent = cpuSeconds(server.pid).own - cpuBefore;
  over.abort();
  return {
    seconds,
    cpuSeconds: spent,
    scanSeconds,
    peakMegabytes: megabytes(await peak),
    answers: await answers,
  };
}

/** Waits until every read model is up to date and none is being rebuilt. */
async function idle(server: Service, seconds: number): Promise<void> {
  let seen: Projections | undefined;
  await until(
    () => `the read models were up to date (${JSON.stringify(seen)})`,
    async () => {
      seen = (await server.json('GET', '/api/audit/projections')) as Projections;
      const failed = seen.items.find(({ state, rebuild }) => state === 'poisoned' || rebuild?.state === 'failed');
      if (failed) throw new Error(`${failed.name} failed: ${failed.error ?? failed.rebuild?.error}`);
      return seen.items.every(({ state, rebuild }) => state === 'live' && rebuild === null) || undefined;
    },
    { seconds, everyMilliseconds: sampleMilliseconds },
  );
}

/** Every payload is parsed, as any user of it must. */
function rawScan(path: string, events: number): number {
  const db = new Database(path, { readonly: true });
  const begun = performance.now();
  let seen = 0;
  const rows = db
    .prepare<[], [data: string, metadata: string]>('SELECT data, metadata FROM event ORDER BY position')
    .raw();
  for (const [data, metadata] of rows.iterate()) {
    JSON.parse(data);
    JSON.parse(metadata);
    seen += 1;
  }
  const seconds = (performance.now() - begun) / 1000;
  db.close();
  if (seen !== events) throw new Error(`The scan saw ${seen} events of ${events}.`);
  return seconds;
}

function countOf(path: string): number {
  const db = new Database(path, { readonly: true });
  const count = db.prepare<[], number>('SELECT count(*) FROM event').pluck().get() ?? 0;
  db.close();
  return count;
}

async function sampleMemory(pid: number, over: AbortSignal): Promise<number> {
  let peak = 0;
  while (!over.aborted) {
    peak = Math.max(peak, pssBytes(pid));
    await wait(sampleMilliseconds);
  }
  return peak;
}

/** A page of the list, as a console requests it: always a full one, whatever is being built. */
async function askForRecordings(server: Service, over: AbortSignal): Promise<number[]> {
  const milliseconds: number[] = [];
  while (!over.aborted) {
    const begun = performance.now();
    const { items } = (await server.json('GET', '/api/recordings')) as { readonly items: readonly unknown[] };
    if (items.length !== 50) throw new Error(`A reader saw ${items.length} recordings of 50: half a model.`);
    milliseconds.push(performance.now() - begun);
    await wait(sampleMilliseconds);
  }
  return milliseconds;
}

function positiveInteger(name: string, text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1) throw new Error(`--${name} must be a whole number from 1.`);
  return number;
}
