import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { hostileSources } from '../../tests/live-origin/hostile-sources.js';
import type { HostileAddress } from './hostile-origin.js';
import { asked, type Asked, type Findings } from './asked.js';
import { megabytes, round } from './figures.js';
import { cpuSeconds, pssBytes } from './process-costs.js';
import { paths, Service, until } from './processes.js';

const hostileOrigin = join(import.meta.dirname, 'hostile-origin.ts');
const HEALTHY = 9;
const LONGEST_SECONDS = 15;
const MOST_MEGABYTES = 400;
const SLOWEST_P99_MS = 100;

interface Recording {
  readonly state: string;
  readonly gaps: readonly unknown[];
  readonly parts: readonly unknown[];
  readonly durationSeconds: number;
  readonly failure: { readonly code: string } | null;
}

interface Stretch extends Asked {
  readonly what: string;
  readonly seconds: number;
  /** The most that the server held at any second. */
  readonly megabytes: number;
}

interface Fate {
  readonly what: string;
  readonly cause: string;
  readonly seconds: number;
  /** Of the server, the nine recordings included. */
  readonly cpuSeconds: number;
}

export async function measureHostileSources(folder: string, seconds: number): Promise<Findings> {
  const data = join(folder, 'data');
  mkdirSync(data, { recursive: true });
  const origin = await Service.start(
    ['--import', paths.sources, paths.origin, String(seconds * 2 + 240), 'small'],
    folder,
  );
  const server = await Service.server(data);
  const healthy = Array.from({ length: HEALTHY }, (_, index) => index + 1);
  for (const id of healthy) {
    await server.json('POST', '/api/streamers', { url: `${origin.address}?channel=${id}`, name: `Channel ${id}` });
    await server.json('POST', `/api/recording/start/${id}`);
  }
  await until(
    () => 'nine recordings capture',
    async () => ((await recordings(server)).every(({ state }) => state === 'capturing') ? true : undefined),
    { seconds: 60, everyMilliseconds: 250 },
  );
  await wait(5000);

  const hostile = await Service.start(['--import', paths.sources, hostileOrigin], folder);
  const all = (await (await fetch(hostile.address)).json()) as HostileAddress[];
  const fates: Fate[] = [];
  const before = await stretch(server, 'nine alone', () => wait(seconds * 1000));
  const beside = await stretch(server, 'hostile ones beside them', () => recordHostile(server, all, fates));
  const after = await stretch(server, 'nine alone again', () => wait(seconds * 1000));
  const nine = (await recordings(server)).filter(({ state }) => state === 'capturing');
  await server.stop();
  await origin.stop();
  await hostile.stop();

  const stretches = [before, beside, after];
  return { rows: [...stretches, ...fates], beyondLimits: beyond(stretches, fates, nine) };
}

/** One after the other, so that each has the time of its own cause. */
async function recordHostile(server: Service, all: readonly HostileAddress[], fates: Fate[]): Promise<void> {
  for (const { what, url } of all) {
    const { id } = (await server.json('POST', '/api/streamers', { url, name: what })) as { id: number };
    const [began, cpu] = [performance.now(), cpuSeconds(server.pid).own];
    const { recordingId } = (await server.json('POST', `/api/recording/start/${id}`)) as { recordingId: number };
    const { failure } = await until(
      () => `${what} has failed`,
      async () => {
        const recording = (await server.json('GET', `/api/recordings/${recordingId}`)) as Recording;
        return recording.state === 'failed' ? recording : undefined;
      },
      { seconds: 120, everyMilliseconds: 100 },
    );
    fates.push({
      what,
      cause: failure?.code ?? 'none',
      seconds: round((performance.now() - began) / 1000, 1),
      cpuSeconds: round(cpuSeconds(server.pid).own - cpu, 2),
    });
  }
}

async function stretch(server: Service, what: string, during: () => Promise<unknown>): Promise<Stretch> {
  let most = 0;
  const weigh = () => (most = Math.max(most, pssBytes(server.pid)));
  const weighing = setInterval(weigh, 250);
  const began = performance.now();
  try {
    const figures = await asked(server, during);
    weigh();
    return { what, ...figures, seconds: round((performance.now() - began) / 1000, 1), megabytes: megabytes(most) };
  } finally {
    clearInterval(weighing);
  }
}

async function recordings(server: Service): Promise<readonly Recording[]> {
  return ((await server.json('GET', '/api/recordings?limit=200')) as { items: Recording[] }).items;
}

function beyond(stretches: readonly Stretch[], fates: readonly Fate[], nine: readonly Recording[]): string[] {
  const sentences: string[] = [];
  if (nine.length !== HEALTHY) sentences.push(`${nine.length} of ${HEALTHY} healthy recordings still capture.`);
  const torn = nine.filter(({ gaps, parts }) => gaps.length > 0 || parts.length !== 1);
  if (torn.length > 0) sentences.push(`${torn.length} of the healthy recordings have a gap: ${JSON.stringify(torn)}`);
  for (const { what, cause, seconds } of fates) {
    const known = hostileSources.find((source) => source.what === what)?.causes ?? /^source\./;
    if (!known.test(cause)) sentences.push(`${what} failed because of ${cause}.`);
    if (seconds > LONGEST_SECONDS) sentences.push(`${what} took ${seconds} s to fail, more than ${LONGEST_SECONDS}.`);
  }
  for (const { megabytes: held, p99, refused, what } of stretches) {
    if (refused > 0) sentences.push(`${what}: the API refused ${refused} requests.`);
    if (held >= MOST_MEGABYTES) sentences.push(`${what}: the server held ${held} MB, not under ${MOST_MEGABYTES}.`);
    if (p99 >= SLOWEST_P99_MS) sentences.push(`${what}: p99 of the API is ${p99} ms, not under ${SLOWEST_P99_MS}.`);
  }
  return sentences;
}
