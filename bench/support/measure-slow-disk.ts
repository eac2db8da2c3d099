import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { round } from './figures.js';
import { cpuSeconds } from './process-costs.js';
import { cleanUpOf, paths, Service, until } from './processes.js';
import { compileSlowSync, slowSync } from './slow-sync.js';

/** The limit for answers while all record on the slow disk, in milliseconds. */
const LIMIT = 50;
/** The share of time that the event loop may be blocked by the disk, also while recordings start and end. */
const STILL = 0.02;
/** At a fixed rate, whether or not the last request was answered: a blocked server gets requests all the same. */
const ASK_EVERY = 50;
/**
 * Between two recordings that are started or stopped, in milliseconds: all at once would be a test of the processor.
 */
const COMMAND_EVERY = 200;

interface Options {
  readonly recordings: number;
  readonly seconds: number;
  readonly library: string;
}

interface Recording {
  readonly state: string;
  readonly capturedRatio: number | null;
  readonly gaps: readonly unknown[];
  readonly parts: readonly unknown[];
}

/** One stretch of a run. All times in milliseconds. */
interface Stretch {
  readonly stretch: string;
  readonly answers: number;
  readonly p50: number;
  readonly p99: number;
  readonly slowest: number;
  /** Delay of the server's event loop, from `/metrics`. */
  readonly loopP99: number;
  readonly loopSlowest: number;
  readonly mainSyncs: number;
  readonly otherSyncs: number;
  readonly cpuSeconds: number;
  readonly seconds: number;
}

/** Returns the exit code: 1 if the slow disk has an effect. */
export async function measureSlowDisk(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      recordings: { type: 'string', default: '50' },
      seconds: { type: 'string', default: '30' },
      milliseconds: { type: 'string', default: '30' },
      only: { type: 'string' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  if (process.platform !== 'linux') throw new Error('Syncs are slowed with LD_PRELOAD, which this takes Linux for.');
  if (!existsSync(paths.server)) throw new Error('The server is not built. Run "npm run build" first.');
  const [recordings, seconds, slowness] = [values.recordings, values.seconds, values.milliseconds].map(Number);
  if (!isCount(recordings) || !isCount(seconds) || !isCount(slowness))
    throw new Error('--recordings, --seconds and --milliseconds must be whole numbers from 1.');

  const folder = mkdtempSync(join(values.dir, 'streamvault-slow-disk-'));
  const cleanUp = cleanUpOf(folder);
  try {
    process.env['LIVE_ORIGIN_CACHE'] ??= join(folder, 'media');
    const options = { recordings, seconds, library: compileSlowSync(folder) };
    const failures: string[] = [];
    for (const delay of values.only === undefined ? [0, slowness] : [Number(values.only)]) {
      const work = join(folder, `delay-${delay}`);
      const { stretches, incomplete } = await measure(work, delay, options);
      console.log(`\n${recordings} recordings, every fsync ${delay === 0 ? 'as it is' : `${delay} ms slower`}`);
      console.table(stretches);
      for (const stretch of stretches)
        console.log(JSON.stringify({ bench: 'slow-disk', delay, recordings, ...stretch, loadAverage: loadavg() }));
      if (incomplete.length > 0) failures.push(`Not whole at ${delay} ms: ${JSON.stringify(incomplete)}`);
      if (delay === 0) continue;
      for (const { stretch, p99, mainSyncs, seconds: lasted } of stretches) {
        // How fast 50 recordings start, and how fast 50 videos are made, depends on the processor: only the disk's
        // share counts.
        if (stretch === 'recording' && p99 >= LIMIT)
          failures.push(`p99 of GET /api/recordings is ${p99} ms, not under ${LIMIT}.`);
        if ((mainSyncs * delay) / 1000 > STILL * lasted)
          failures.push(`${stretch}: the event loop waited for ${mainSyncs} fsyncs in ${lasted} s.`);
      }
    }
    for (const failure of failures) console.error(`BEYOND ITS LIMIT: ${failure}`);
    return failures.length === 0 ? 0 : 1;
  } finally {
    cleanUp();
  }
}

async function measure(work: string, delay: number, { recordings, seconds, library }: Options) {
  const data = join(work, 'data');
  mkdirSync(data, { recursive: true });
  const slowness = slowSync(library, delay, join(work, 'syncs'));
  const mediaSeconds = 2 * Math.ceil((seconds + 120) / 2);
  const origin = await Service.start(['--import', paths.sources, paths.origin, String(mediaSeconds), 'small'], work);
  const server = await Service.server(data, slowness.env);
  const each = async (task: (id: number) => Promise<unknown>) => {
    await Promise.all(Array.from({ length: recordings }, (_, index) => task(index + 1)));
  };
  const every = (states: readonly string[]) => everyRecording(server, recordings, states);
  const watched = <T>(stretch: string, during: () => Promise<T>) => watch(server, slowness.counted, stretch, during);
  await each((id) =>
    server.json('POST', '/api/streamers', { url: `${origin.address}?channel=${id}`, name: `Channel ${id}` }),
  );

  const oneByOne = (task: (id: number) => Promise<unknown>) =>
    each(async (id) => {
      await wait((id - 1) * COMMAND_EVERY);
      await task(id);
    });
  const start = await watched('starting', async () => {
    await oneByOne((id) => server.json('POST', `/api/recording/start/${id}`));
    await every(['capturing']);
  });
  const run = await watched('recording', () => wait(seconds * 1000));
  const whileItRan = await every(['capturing']);
  const stop = await watched('stopping', () => oneByOne((id) => server.json('POST', `/api/recording/stop/${id}`)));
  const done = await every(['completed']);
  await server.stop();
  await origin.stop();
  rmSync(work, { recursive: true });
  const incomplete = [...whileItRan, ...done].filter(({ gaps, parts }) => gaps.length > 0 || parts.length !== 1);
  return { stretches: [start, run, stop], incomplete };
}

/** Sends requests all the time. */
async function watch(
  server: Service,
  counted: () => { readonly main: number; readonly others: number },
  stretch: string,
  during: () => Promise<unknown>,
): Promise<Stretch> {
  // Each read of the metrics resets the loop's histogram.
  await loopDelay(server);
  const before = { syncs: counted(), cpu: cpuSeconds(server.pid).own, at: performance.now() };
  const answers: Promise<number>[] = [];
  const asking = setInterval(() => answers.push(ask(server)), ASK_EVERY);
  try {
    await during();
  } finally {
    clearInterval(asking);
  }
  const times = (await Promise.all(answers)).toSorted((a, b) => a - b);
  const syncs = counted();
  const seconds = (performance.now() - before.at) / 1000;
  const cpu = cpuSeconds(server.pid).own - before.cpu;
  const loop = await loopDelay(server);
  return {
    stretch,
    answers: times.length,
    p50: percentile(times, 0.5),
    p99: percentile(times, 0.99),
    slowest: percentile(times, 1),
    loopP99: loop.p99,
    loopSlowest: loop.slowest,
    mainSyncs: syncs.main - before.syncs.main,
    otherSyncs: syncs.others - before.syncs.others,
    cpuSeconds: round(cpu, 2),
    seconds: round(seconds, 1),
  };
}

async function ask(server: Service): Promise<number> {
  const start = performance.now();
  const answer = await server.fetch('/api/recordings?limit=50');
  await answer.arrayBuffer();
  if (!answer.ok) throw new Error(`GET /api/recordings answers ${answer.status}.`);
  return performance.now() - start;
}

async function loopDelay(server: Service): Promise<{ readonly p99: number; readonly slowest: number }> {
  const text = await (await server.fetch('/metrics')).text();
  const figure = (name: string) =>
    round(Number(new RegExp(`^nodejs_eventloop_lag_${name}_seconds ([\\d.e+-]+)$`, 'm').exec(text)?.[1]) * 1000, 1);
  return { p99: figure('p99'), slowest: figure('max') };
}

function everyRecording(server: Service, count: number, states: readonly string[]): Promise<readonly Recording[]> {
  const look = async () => {
    const { items } = (await server.json('GET', '/api/recordings?limit=200')) as { items: Recording[] };
    const ended = items.find(({ state }) => state === 'failed' || state === 'cancelled');
    if (ended) throw new Error(`A recording ${ended.state}: ${JSON.stringify(ended)}`);
    return items.length === count && items.every(({ state }) => states.includes(state)) ? items : undefined;
  };
  return until(() => `every recording is ${states.join(' or ')}`, look, { seconds: 600, everyMilliseconds: 500 });
}

function percentile(sorted: readonly number[], share: number): number {
  return round(sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN, 1);
}

function isCount(value: number | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 1;
}
