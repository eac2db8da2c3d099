import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Extent, type Figures, round, spread } from './figures.js';
import { cpuSeconds } from './process-costs.js';
import { health, Service, until } from './processes.js';
import { type RealisticLog, writeRealisticLog } from './realistic-log.js';

/** The least that Node needs to answer 200: the lower bound of every start. */
const bareServer = `
  const server = require('node:http').createServer((_, response) => response.end('{}'));
  server.listen(0, '127.0.0.1', () => console.log('http://127.0.0.1:' + server.address().port));`;

const isLinux = process.platform === 'linux';

interface Times {
  /** Milliseconds from before the process existed to its first 200. */
  readonly health: number[];
  /** CPU seconds used by then: these are valid on a busy machine too. */
  readonly cpu: number[];
  /** Milliseconds from before the process existed until all read models contain the whole log. */
  readonly caughtUp: number[];
  /** CPU seconds used by then. */
  readonly caughtUpCpu: number[];
  /** Milliseconds that `GET /health` took while read models were being built. */
  readonly answers: number[];
}

/** Milliseconds from the start of the process to `/health` 200, and to read models with the whole log. */
export async function measureColdStart(folder: string, { rounds, events }: Extent): Promise<Figures> {
  const full = join(folder, 'full-log');
  mkdirSync(full, { recursive: true });
  const log = await writeRealisticLog(join(full, 'events.db'), events);
  const kinds = {
    bare: 'bare Node, HTTP server',
    emptyFirst: 'empty log, first start',
    emptyLater: 'empty log, later start',
    fullFirst: `${log.events.toLocaleString('en')} events, read models built`,
    fullLater: `${log.events.toLocaleString('en')} events, later start`,
  };
  const none = (): Times => ({ health: [], cpu: [], caughtUp: [], caughtUpCpu: [], answers: [] });
  const times = { bare: none(), emptyFirst: none(), emptyLater: none(), fullFirst: none(), fullLater: none() };
  for (let index = 0; index < rounds; index += 1) {
    const empty = join(folder, `empty-${index}`);
    mkdirSync(empty);
    for (const file of ['', '-wal', '-shm']) rmSync(join(full, `read-models.db${file}`), { force: true });
    await timeBare(empty, times.bare);
    await timeServer(empty, times.emptyFirst);
    await timeServer(empty, times.emptyLater);
    await timeServer(full, times.fullFirst, log);
    await timeServer(full, times.fullLater, log);
    rmSync(empty, { recursive: true });
  }
  const floor = spread(times.bare.health).median;
  const results = (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => {
    const { health, cpu, caughtUp, caughtUpCpu, answers } = times[kind];
    const toHealth = spread(health, 0);
    return {
      what: kinds[kind],
      healthMilliseconds: toHealth,
      ratioToBareNode: round(toHealth.median / floor, 1),
      ...(cpu.length > 0 && { cpuSeconds: spread(cpu) }),
      ...(caughtUp.length > 0 && { caughtUpMilliseconds: spread(caughtUp, 0) }),
      ...(caughtUpCpu.length > 0 && { caughtUpCpuSeconds: spread(caughtUpCpu) }),
      ...(kind === 'fullFirst' && { healthAnswerWhileBuildingMilliseconds: spread(answers, 0) }),
    };
  });
  rmSync(full, { recursive: true });
  return {
    title: `Cold start: milliseconds, medians of ${rounds} (least to greatest)`,
    rows: results.map((result) => ({
      what: result.what,
      '/health 200': told(result.healthMilliseconds),
      'ratio to bare Node': result.ratioToBareNode,
      'CPU s': result.cpuSeconds?.median ?? '',
      'caught up': result.caughtUpMilliseconds ? told(result.caughtUpMilliseconds) : '',
      'CPU s by then': result.caughtUpCpuSeconds?.median ?? '',
    })),
    figures: results.map((result) => ({ rounds, recordings: log.recordings, ...result })),
    beyondLimits: [],
  };
}

const told = ({ median, least, greatest }: ReturnType<typeof spread>) => `${median} (${least} to ${greatest})`;

async function timeBare(folder: string, times: Times): Promise<void> {
  const service = await Service.start(['-e', bareServer], folder);
  await firstAnswer(service, times);
  await service.stop();
}

async function timeServer(folder: string, times: Times, log?: RealisticLog): Promise<void> {
  const server = await Service.server(folder);
  await firstAnswer(server, times);
  let said = '';
  await until(
    () => `the read models hold the whole log (${said})`,
    async () => {
      const before = performance.now();
      const { projections } = await health(server.address);
      if (projections.status !== 'ok') throw new Error(`A projection does not run: ${projections.detail}`);
      if (projections.detail === undefined) return true;
      said = projections.detail;
      times.answers.push(performance.now() - before);
      return undefined;
    },
    { seconds: 120, everyMilliseconds: 50 },
  );
  times.caughtUp.push(performance.now() - server.startedAt);
  if (isLinux) times.caughtUpCpu.push(cpuSeconds(server.pid).own);
  if (log) await check(server, log);
  await server.stop();
}

async function firstAnswer({ address, pid, startedAt }: Service, times: Times): Promise<void> {
  await until(
    () => '/health answers 200',
    async () => ((await health(address)).status === 200 ? true : undefined),
    {
      seconds: 60,
      everyMilliseconds: 5,
    },
  );
  times.health.push(performance.now() - startedAt);
  if (isLinux) times.cpu.push(cpuSeconds(pid).own);
}

/** A start that did not really apply the log would be fast. */
async function check(server: Service, { recordings, streamers }: RealisticLog): Promise<void> {
  const { state, videoId } = (await server.json('GET', `/api/recordings/${recordings}`)) as {
    state: string;
    videoId: number;
  };
  if (state !== 'completed') throw new Error(`Recording ${recordings} is ${state}: the log was not applied.`);
  await server.json('GET', `/api/videos/${videoId}`);
  await server.json('GET', `/api/streamers/${streamers}`);
}
