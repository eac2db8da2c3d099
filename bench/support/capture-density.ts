import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { median, megabytes, round, spread } from './figures.js';
import { FirstBytes } from './first-bytes.js';
import { segmentSeconds, startNginxOrigin } from './nginx-origin.js';
import { cpuSeconds, pssBytes, watchStolen } from './process-costs.js';
import { cleanUpOf, end, paths, run, Service, until } from './processes.js';

interface Plan {
  readonly folder: string;
  /** Of the live playlist, without a query. */
  readonly url: string;
  readonly seconds: number;
  readonly beginnings: number;
  readonly bitsPerSecond: number;
  readonly certificate: string | undefined;
}

interface Row {
  readonly what: string;
  readonly count: number;
  /** Seconds of CPU per minute of each recording. */
  readonly cpuPerMinute: number;
  readonly megabytesEach: number;
  readonly gaps?: number;
  /**
   * From the command, as its sender sees it, to the first byte in the file: the median of one beginning, and the median
   * of those.
   */
  readonly firstByteSeconds?: number;
  readonly firstByteLeast?: number;
  readonly firstByteGreatest?: number;
  readonly apiP99Milliseconds?: number;
  /** The host's CPU time given to others meanwhile, as a share of all cores. */
  readonly stolen: number;
}

/** Returns the exit code: 1 if something was lost. */
export async function measureCapture(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      counts: { type: 'string', default: '1,20,100,200' },
      'peers-up-to': { type: 'string', default: '100' },
      seconds: { type: 'string', default: '40' },
      https: { type: 'boolean', default: false },
      beginnings: { type: 'string', default: '5' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  if (process.platform !== 'linux') throw new Error('CPU and memory are read from /proc, which only Linux has.');
  if (!existsSync(paths.server)) throw new Error('The server is not built. Run "npm run build" first.');
  const counts = values.counts.split(',').map(Number);
  const seconds = Number(values.seconds);
  const beginnings = Number(values.beginnings);
  const folder = mkdtempSync(join(values.dir, 'streamvault-capture-'));
  const cleanUp = cleanUpOf(folder);
  process.env['LIVE_ORIGIN_CACHE'] ??= join(folder, 'media');
  try {
    tellMachine();
    const { url, bitsPerSecond, certificate } = await startNginxOrigin(folder, { https: values.https });
    const plan = { folder, url, seconds, beginnings, bitsPerSecond, certificate };
    const rows: Row[] = [];
    // Printed at once, so that an hour's figures do not depend on the last run.
    const tell = (row: Row): void => {
      rows.push(row);
      console.log(JSON.stringify({ bench: 'capture', https: values.https, ...row }));
    };
    for (const count of counts) {
      tell(await measureServer(plan, count));
      if (count > Number(values['peers-up-to'])) continue;
      tell(await measurePeer(plan, count, 'ffmpeg -c copy', copyWithFfmpeg));
      if (has('streamlink')) tell(await measurePeer(plan, count, 'streamlink', copyWithStreamlink));
    }
    console.log(
      `\nRecording by ${values.https ? 'HTTPS' : 'HTTP'}, ${round(bitsPerSecond / 1e6, 1)} Mbit/s each, ${seconds} s each`,
    );
    console.table(rows.map((row) => ({ ...row, ...ratios(rows, row) })));
    return rows.some(({ gaps = 0 }) => gaps > 0) ? 1 : 0;
  } finally {
    cleanUp();
  }
}

function ratios(rows: readonly Row[], { what, count, cpuPerMinute, megabytesEach }: Row) {
  const server = rows.find((row) => row.what === 'StreamVault' && row.count === count);
  if (server === undefined || what === 'StreamVault') return {};
  return {
    'StreamVault’s CPU to this': round(server.cpuPerMinute / cpuPerMinute, 2),
    'its memory': round(server.megabytesEach / megabytesEach, 3),
  };
}

async function measureServer(plan: Plan, count: number): Promise<Row> {
  const stolen = watchStolen();
  // Writes pending from others must not count here.
  execFileSync('sync');
  const firstBytes: number[] = [];
  // One beginning tells little on a shared machine. The last one goes on.
  for (let left = plan.beginnings - 1; left > 0; left -= 1) {
    const begun = await beginRecordings(plan, count);
    firstBytes.push(begun.firstByteSeconds);
    await endAtOnce(begun);
  }
  const begun = await beginRecordings(plan, count);
  firstBytes.push(begun.firstByteSeconds);
  const { server } = begun;
  // A steady state: the memory of many windows fetched at once is released, and frequent code is compiled.
  await wait(45_000);
  const before = cpuSeconds(server.pid).own;
  const began = performance.now();
  const latencies: number[] = [];
  const memory: number[] = [];
  while (performance.now() - began < plan.seconds * 1000) {
    const asked = performance.now();
    await server.json('GET', '/api/recordings');
    latencies.push(performance.now() - asked);
    if (latencies.length % 20 === 0) memory.push(pssBytes(server.pid));
    await wait(250);
  }
  const minutes = (performance.now() - began) / 60_000;
  const cpu = cpuSeconds(server.pid).own - before;
  const items = await recordings(server, count);
  // Finishing them is another figure.
  await endAtOnce(begun);
  const { median: firstByteSeconds, least: firstByteLeast, greatest: firstByteGreatest } = spread(firstBytes);
  return {
    what: 'StreamVault',
    count,
    cpuPerMinute: round(cpu / minutes / count, 3),
    megabytesEach: megabytes(median(memory) / count),
    gaps: items.reduce((sum, { gaps }) => sum + gaps.length, 0),
    firstByteSeconds,
    firstByteLeast,
    firstByteGreatest,
    apiP99Milliseconds: round(latencies.toSorted((a, b) => a - b)[Math.floor(latencies.length * 0.99)] ?? 0, 1),
    stolen: round(stolen(), 3),
  };
}

interface Begun {
  readonly server: Service;
  readonly data: string;
  readonly firstByteSeconds: number;
}

/** A server of its own that has started this many recordings at once, each of which has received something. */
async function beginRecordings({ folder, url, certificate }: Plan, count: number): Promise<Begun> {
  const data = mkdtempSync(join(folder, `server-${count}-`));
  const server = await Service.server(data, certificate === undefined ? {} : { NODE_EXTRA_CA_CERTS: certificate });
  const ids = Array.from({ length: count }, (_, index) => index + 1);
  for (const id of ids)
    await server.json('POST', '/api/streamers', { url: `${url}?channel=${id}`, name: `Channel ${id}` });
  const firstBytes = new FirstBytes(join(data, 'work'));
  const commandedAt = Date.now();
  await Promise.all(ids.map((id) => server.json('POST', `/api/recording/start/${id}`)));
  await until(
    () => 'every recording captures',
    async () => {
      const items = await recordings(server, count);
      return items.length === count && items.every(({ state }) => state === 'capturing') ? items : undefined;
    },
    { seconds: 60, everyMilliseconds: 500 },
  );
  const had = firstBytes.end();
  if (had.length !== count) throw new Error(`Only ${had.length} of ${count} recordings had a byte in a file.`);
  return { server, data, firstByteSeconds: median(had.map((atMs) => (atMs - commandedAt) / 1000)) };
}

async function endAtOnce({ server, data }: Begun): Promise<void> {
  server.child.kill('SIGKILL');
  await server.stop();
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
}

interface Recording {
  readonly state: string;
  readonly gaps: readonly unknown[];
}

async function recordings(server: Service, count: number): Promise<Recording[]> {
  const limit = Math.min(200, count);
  const { items } = (await server.json('GET', `/api/recordings?limit=${limit}`)) as { items: Recording[] };
  return items;
}

type Copy = (url: string, file: string, folder: string) => ReturnType<typeof run>;

const copyWithFfmpeg: Copy = (url, file, folder) => {
  const input = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-i', url];
  return run('ffmpeg', [...input, '-c', 'copy', '-f', 'mpegts', file], folder);
};

const copyWithStreamlink: Copy = (url, file, folder) =>
  run('streamlink', ['--loglevel', 'error', '--http-no-ssl-verify', '-o', file, `hls://${url}`, 'best'], folder);

async function measurePeer(
  { folder, url, seconds, bitsPerSecond }: Plan,
  count: number,
  what: string,
  copy: Copy,
): Promise<Row> {
  const data = join(folder, `peer-${count}`);
  mkdirSync(data);
  const files = Array.from({ length: count }, (_, index) => join(data, `${index + 1}.ts`));
  const children = files.map((file, index) => copy(`${url}?channel=${index + 1}`, file, data));
  const size = (file: string) => (existsSync(file) ? statSync(file).size : 0);
  await until(
    () => `every ${what} writes`,
    async () => (files.every((file) => size(file) > 1e6) ? true : undefined),
    { seconds: 240, everyMilliseconds: 500 },
  );
  await wait(10_000);
  const stolen = watchStolen();
  const spent = () => children.reduce((sum, { pid = 0 }) => sum + cpuSeconds(pid).own, 0);
  const [before, began] = [spent(), performance.now()];
  const sizes = files.map(size);
  await wait(seconds * 1000);
  const minutes = (performance.now() - began) / 60_000;
  const cpu = spent() - before;
  const stolenShare = round(stolen(), 3);
  const memory = children.reduce((sum, { pid = 0 }) => sum + pssBytes(pid), 0);
  // They write in bursts: most of the expected bytes are enough to show that the work was done.
  const expected = (bitsPerSecond / 8) * minutes * 60 * (1 - (2 * segmentSeconds) / seconds) * 0.85;
  const idle = files.filter((file, index) => size(file) - (sizes[index] ?? 0) < expected);
  await Promise.all(children.map((child) => end(child)));
  rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  if (idle.length > 0)
    throw new Error(`${idle.length} of ${count} ${what} did not record what they were compared for.`);
  return {
    what,
    count,
    cpuPerMinute: round(cpu / minutes / count, 3),
    megabytesEach: megabytes(memory / count),
    stolen: stolenShare,
  };
}

function has(program: string): boolean {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    console.log(`There is no ${program} here, so nothing is compared with it.`);
    return false;
  }
}

function tellMachine(): void {
  const version = (program: string) => {
    try {
      return execFileSync(program, ['-version'], { encoding: 'utf8', stdio: 'pipe' }).split('\n')[0];
    } catch {
      return undefined;
    }
  };
  const machine = { node: process.version, ffmpeg: version('ffmpeg'), cores: cpus().length, cpu: cpus()[0]?.model };
  console.log(JSON.stringify({ bench: 'capture', ...machine, loadAverage: loadavg() }));
}
