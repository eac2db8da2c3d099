import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { FakeTwitch } from '../../tests/fake-twitch/fake-twitch.js';
import { LiveOrigin, SMALLER } from '../../tests/live-origin/live-origin.js';
import type { Figures } from './figures.js';
import { median, round } from './figures.js';
import { FirstBytes } from './first-bytes.js';
import { cpuSeconds, watchStolen } from './process-costs.js';
import { cleanUpOf, paths, Service, until } from './processes.js';

interface Extent {
  readonly burst: number;
  readonly watched: number;
  readonly idleSeconds: number;
}
const full: Extent = { burst: 100, watched: 1000, idleSeconds: 120 };
const quick: Extent = { burst: 10, watched: 50, idleSeconds: 70 };

/** What the issue of this bench asks for: milliseconds from the notice, and what idling may cost. */
const limits = { p50: 1500, p95: 3000, corePercent: 2, callsPerMinute: 20 };
const burstMilliseconds = 1000;

const sections: Readonly<Record<string, (folder: string, extent: Extent) => Promise<Figures>>> = {
  burst: measureBurst,
  idle: measureIdle,
};

/** Returns the exit code: 1 where a figure is outside its limit. */
export async function measureGoLive(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      quick: { type: 'boolean', default: false },
      only: { type: 'string', default: Object.keys(sections).join(',') },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  if (!existsSync(paths.server)) throw new Error('The server is not built. Run "npm run build" first.');
  const folder = mkdtempSync(join(values.dir, 'streamvault-go-live-'));
  const cleanUp = cleanUpOf(folder);
  try {
    const machine = { node: process.version, cores: cpus().length, cpu: cpus()[0]?.model, loadAverage: loadavg() };
    console.log(JSON.stringify({ bench: 'go-live', section: 'machine', quick: values.quick, ...machine }));
    let failures = 0;
    for (const [section, measure] of Object.entries(sections)) {
      if (!values.only.split(',').includes(section)) continue;
      const { title, rows, figures, beyondLimits } = await measure(folder, values.quick ? quick : full);
      console.log(`\n${title}`);
      console.table(rows);
      for (const figure of figures)
        console.log(JSON.stringify({ bench: 'go-live', section, ...figure, loadAverageAtEnd: loadavg() }));
      for (const failure of beyondLimits) console.error(`BEYOND ITS LIMIT: ${failure}`);
      failures += beyondLimits.length;
    }
    return failures === 0 ? 0 : 1;
  } finally {
    cleanUp();
  }
}

/** A Twitch with channels of its own, and a server that watches them all and gets a notice of each. */
async function watching(
  folder: string,
  count: number,
): Promise<{ twitch: FakeTwitch; server: Service; logins: string[] }> {
  const twitch = await FakeTwitch.start();
  // The rate limit would spread the subscriptions of a thousand channels over minutes; that is not what is measured.
  twitch.helix.points = Number.MAX_SAFE_INTEGER;
  const logins = Array.from({ length: count }, (_, index) => `streamer_${index}`);
  for (const login of logins) twitch.channels.set(login, {});
  mkdirSync(folder, { recursive: true });
  const server = await Service.server(folder, twitch.signedInSettings);
  for (const login of logins)
    await server.json('POST', '/api/streamers', { url: `https://www.twitch.tv/${login}`, autoRecord: true });
  await until(
    () => `${twitch.eventSub.subscriptions.size} of ${count * 4} subscriptions are there`,
    () =>
      Promise.resolve(
        twitch.eventSub.boundShards === 2 && twitch.eventSub.subscriptions.size >= count * 4 ? true : undefined,
      ),
    { seconds: 600, everyMilliseconds: 250 },
  );
  return { twitch, server, logins };
}

async function measureBurst(folder: string, { burst }: Extent): Promise<Figures> {
  process.env['LIVE_ORIGIN_CACHE'] ??= join(folder, 'media');
  const origin = await LiveOrigin.start({ pace: 1, window: 8, segmentSeconds: 2, profiles: [SMALLER] });
  const data = join(folder, 'burst');
  const { twitch, server, logins } = await watching(data, burst);
  try {
    // The playlist of the origin as it is: nothing of the stand-in is in the way of the bytes.
    const media = `${origin.base}/${SMALLER.name}.m3u8`;
    const usher = { status: 200, body: `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=200000,RESOLUTION=214x120\n${media}\n` };
    const firstBytes = new FirstBytes(join(data, 'work'));
    const noticed = new Map<string, number>();
    const before = cpuSeconds(server.pid);
    const began = Date.now();
    const told = logins.map(async (login, index) => {
      await wait((burstMilliseconds * index) / burst);
      Object.assign(twitch.channels.get(login) ?? {}, { usher });
      noticed.set(login, Date.now());
      await twitch.goLive(login, { origin });
    });
    await Promise.all(told);
    await until(
      () => `${firstBytes.count} of ${burst} recordings have something`,
      () => Promise.resolve(firstBytes.count >= burst ? true : undefined),
      { seconds: 60, everyMilliseconds: 100 },
    );
    const after = cpuSeconds(server.pid);
    firstBytes.end();
    const recordings = (await server.json('GET', '/api/recordings?limit=200')) as {
      items: { id: number; streamerId: number }[];
    };
    const streamers = (await server.json('GET', '/api/streamers?limit=200')) as {
      items: { id: number; url: string }[];
    };
    const loginOf = new Map(streamers.items.map(({ id, url }) => [id, url.split('/').at(-1) ?? '']));
    const at = firstBytes.byName();
    const latencies = recordings.items
      .map(
        ({ id, streamerId }) =>
          (at.get(`recording-${id}`) ?? Infinity) - (noticed.get(loginOf.get(streamerId) ?? '') ?? 0),
      )
      .toSorted((one, other) => one - other);
    const figure = {
      streamers: burst,
      recordings: recordings.items.length,
      p50Milliseconds: Math.round(median(latencies)),
      p95Milliseconds: latencies[Math.ceil(latencies.length * 0.95) - 1] ?? Infinity,
      greatestMilliseconds: latencies.at(-1) ?? Infinity,
      serverCpuSeconds: round(after.own - before.own, 2),
      tookMilliseconds: Math.max(...at.values()) - began,
    };
    return {
      title: `From the notice to the first byte on disk, ${burst} streamers live within one second`,
      rows: [figure],
      figures: [figure],
      beyondLimits: [
        ...(figure.recordings === burst ? [] : [`${figure.recordings} recordings of ${burst} streamers`]),
        ...(figure.p50Milliseconds <= limits.p50
          ? []
          : [`p50 is ${figure.p50Milliseconds} ms, more than ${limits.p50}`]),
        ...(figure.p95Milliseconds <= limits.p95
          ? []
          : [`p95 is ${figure.p95Milliseconds} ms, more than ${limits.p95}`]),
      ],
    };
  } finally {
    await server.stop();
    await twitch.close();
    await origin.close();
  }
}

async function measureIdle(folder: string, { watched, idleSeconds }: Extent): Promise<Figures> {
  const { twitch, server } = await watching(join(folder, 'idle'), watched);
  try {
    // What adding them began is over by then.
    await wait(15_000);
    const stolen = watchStolen();
    const [cpu, calls] = [cpuSeconds(server.pid), twitch.helix.calls.length];
    const began = performance.now();
    await wait(idleSeconds * 1000);
    const seconds = (performance.now() - began) / 1000;
    const figure = {
      streamers: watched,
      seconds: Math.round(seconds),
      corePercent: round(((cpuSeconds(server.pid).own - cpu.own) / seconds) * 100, 2),
      helixCallsPerMinute: round(((twitch.helix.calls.length - calls) / seconds) * 60, 1),
      stolenShare: round(stolen(), 3),
    };
    return {
      title: `${watched} streamers watched, none of them live`,
      rows: [figure],
      figures: [figure],
      beyondLimits: [
        ...(figure.corePercent <= limits.corePercent
          ? []
          : [`${figure.corePercent} % of a core, more than ${limits.corePercent}`]),
        ...(figure.helixCallsPerMinute <= limits.callsPerMinute
          ? []
          : [`${figure.helixCallsPerMinute} calls a minute, more than ${limits.callsPerMinute}`]),
      ],
    };
  } finally {
    await server.stop();
    await twitch.close();
  }
}
