import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { administratorSettings, signIn } from '../../tests/e2e/support/signed-in.js';
import { asked, type Asked, type Findings } from './asked.js';
import { megabytes } from './figures.js';
import { pssBytes } from './process-costs.js';
import { paths, Service, until } from './processes.js';
import { writeRealisticLog } from './realistic-log.js';

const SECONDS = 15;
/** The limit for the API's p99, in milliseconds. */
const LIMIT = 100;

export interface StormCount {
  readonly replays: number;
  readonly refused: number;
  readonly broken: number;
  readonly bytes: number;
}

interface Row extends Asked {
  readonly what: string;
  readonly megabytes: number;
  readonly storm?: StormCount;
}

/** As many clients as are wanted ask for the whole log at once, in a thread of their own, and stay as long as they may. */
export async function measureReplays(folder: string, clients: number, events: number): Promise<Findings> {
  mkdirSync(folder, { recursive: true });
  await writeRealisticLog(join(folder, 'events.db'), events);
  const server = await Service.start([paths.server], folder, {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: folder,
    ROLES: 'api,projector',
    LOG_FORMAT: 'json',
    ...administratorSettings,
  });
  const streamer = await until(
    () => 'the read models are there',
    async () => {
      const { items } = (await server.json('GET', '/api/streamers')) as { items: { id: number }[] };
      return (await server.fetch('/health')).ok ? items[0] : undefined;
    },
    { seconds: 120, everyMilliseconds: 500 },
  );
  const headers = await signIn(server.address);
  const rows: Row[] = [];
  const ways = [
    ['GET /health', '/health', () => ({})],
    ['PATCH of a streamer', `/api/streamers/${streamer.id}`, renamed],
  ] as const;
  for (const [what, path, request] of ways) {
    const measured = async (during: () => Promise<unknown>) => asked(server, during, path, request);
    rows.push({ what, ...(await measured(() => wait(SECONDS * 1000))), megabytes: megabytes(pssBytes(server.pid)) });
    let storm: StormCount | undefined;
    const figures = await measured(async () => (storm = await stormed(server.address, headers, clients)));
    rows.push({
      what: `${what}, ${clients} replays begun at once`,
      ...figures,
      megabytes: megabytes(pssBytes(server.pid)),
      ...(storm && { storm }),
    });
  }
  await server.stop();
  const slow = rows.filter(({ p99 }) => p99 >= LIMIT);
  return { rows, beyondLimits: slow.map(({ p99, what }) => `${what}: p99 is ${p99} ms, not under ${LIMIT}.`) };
}

let nth = 0;
const renamed = (): RequestInit => ({
  method: 'PATCH',
  headers: { 'Content-Type': 'application/json' },
  body: JSON.stringify({ name: `Renamed ${(nth += 1)}` }),
});

async function stormed(address: string, headers: Record<string, string>, clients: number): Promise<StormCount> {
  const workerData = { address, headers, clients, seconds: SECONDS };
  const worker = new Worker(new URL('replay-storm.mjs', import.meta.url), { workerData });
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
}
