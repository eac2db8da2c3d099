import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import { Agent, get } from 'node:http';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { administratorSettings, signIn } from '../../tests/e2e/support/signed-in.js';
import { round } from './figures.js';
import { cleanUpOf, Service, until } from './processes.js';
import { writeRealisticLog } from './realistic-log.js';

const limit = 1.1;
const root = join(import.meta.dirname, '..', '..');
const program = join(root, 'apps/server/compiled/main.js');
const openGate = join(import.meta.dirname, 'open-gate.mjs');

interface Server {
  readonly name: string;
  readonly service: Service;
  readonly agent: Agent;
  readonly headers: Record<string, string>;
  readonly milliseconds: number[];
}

/** Returns the exit code: 1 where the ratio is beyond its limit. */
export async function measureAccess(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      requests: { type: 'string', default: '4000' },
      events: { type: 'string', default: '20000' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  const folder = mkdtempSync(join(values.dir, 'streamvault-bench-'));
  const cleanUp = cleanUpOf(folder);
  try {
    const seed = join(folder, 'seed');
    mkdirSync(seed);
    const { events } = await writeRealisticLog(join(seed, 'events.db'), Number(values.events));
    const guarded = await start('with a session', join(folder, 'guarded'), seed, []);
    const open = await start('with an open gate', join(folder, 'open'), seed, ['--import', openGate]);
    const answer = await until(
      () => 'both servers answer the same from full read models',
      async () => {
        const [one, other] = await Promise.all([recordings(guarded), recordings(open)]);
        return one === other && one.length > 1000 ? one : undefined;
      },
      { seconds: 120, everyMilliseconds: 500 },
    );
    const rounds = Number(values.requests);
    for (let n = 0; n < rounds; n += 1) {
      // In turn, and each first as often as the other: what the machine does beside hits both.
      const turn = n % 2 === 0 ? [guarded, open] : [open, guarded];
      for (const server of turn) {
        const began = performance.now();
        await recordings(server);
        // The first tenth is for the compiler.
        if (n >= rounds / 10) server.milliseconds.push(performance.now() - began);
      }
    }
    const ratio = p(guarded, 0.5) / p(open, 0.5);
    console.table(
      [guarded, open].map((server) => ({
        server: server.name,
        p50: round(p(server, 0.5), 3),
        p90: round(p(server, 0.9), 3),
      })),
    );
    console.log(
      JSON.stringify({
        bench: 'access',
        events,
        requests: rounds,
        bytes: answer.length,
        p50WithSession: round(p(guarded, 0.5), 3),
        p50OpenGate: round(p(open, 0.5), 3),
        ratio: round(ratio, 3),
        cores: cpus().length,
        node: process.version,
        loadAverage: loadavg(),
      }),
    );
    if (ratio <= limit) return 0;
    console.error(`BEYOND ITS LIMIT: ${round(ratio, 3)} × the open gate, at most ${limit}`);
    return 1;
  } finally {
    cleanUp();
  }
}

async function start(name: string, folder: string, seed: string, before: readonly string[]): Promise<Server> {
  cpSync(seed, folder, { recursive: true });
  const service = await Service.start([...before, program], folder, {
    HOST: '127.0.0.1',
    PORT: '0',
    DATA_DIR: folder,
    RECORDINGS_DIR: join(folder, 'recordings'),
    ROLES: 'api,projector',
    LOG_FORMAT: 'json',
    ...administratorSettings,
  });
  const { Cookie } = before.length === 0 ? await signIn(service.address) : { Cookie: undefined };
  const headers: Record<string, string> = Cookie === undefined ? {} : { Cookie };
  return { name, service, agent: new Agent({ keepAlive: true, maxSockets: 1 }), headers, milliseconds: [] };
}

const recordings = ({ service, agent, headers }: Omit<Server, 'name' | 'milliseconds'>): Promise<string> =>
  new Promise((resolve, reject) => {
    get(`${service.address}/api/recordings`, { agent, headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk: Buffer) => (text += chunk.toString()));
      answer.once('end', () =>
        answer.statusCode === 200
          ? resolve(text)
          : reject(new Error(`It answers ${answer.statusCode}: ${text.slice(0, 200)}`)),
      );
    }).once('error', reject);
  });

const p = ({ milliseconds }: Server, share: number): number =>
  milliseconds.toSorted((one, other) => one - other)[Math.floor(milliseconds.length * share)] ?? Number.NaN;
