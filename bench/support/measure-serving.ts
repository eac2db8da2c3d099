import { mkdtempSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { signIn } from '../../tests/e2e/support/signed-in.js';
import { median, megabytes, round } from './figures.js';
import { cpuSeconds, pssBytes, watchStolen } from './process-costs.js';
import { cleanUpOf } from './processes.js';
import { type ServedLibrary, startLibrary } from './serving/library.js';
import { holdConnections, measureLoad } from './serving/load.js';
import { startNginxFiles } from './serving/nginx-files.js';

interface Kind {
  readonly what: string;
  readonly goal: number;
  readonly connections: number;
  /** Which of both files. */
  readonly of: 'stream' | 'thumbnail';
  /** The length of the ranges that are asked for, anywhere in it. */
  readonly range?: number;
  readonly by: 'bytesPerSecond' | 'perSecond';
}

const kinds: readonly Kind[] = [
  { what: 'whole file', goal: 0.8, connections: 1, of: 'stream', by: 'bytesPerSecond' },
  { what: 'whole file, 8 at once', goal: 0.8, connections: 8, of: 'stream', by: 'bytesPerSecond' },
  { what: '1 MiB ranges', goal: 0.5, connections: 8, of: 'stream', range: 1 << 20, by: 'perSecond' },
  { what: '4 KiB ranges', goal: 0.3, connections: 16, of: 'stream', range: 4096, by: 'perSecond' },
  { what: 'thumbnails', goal: 0.3, connections: 16, of: 'thumbnail', by: 'perSecond' },
];

interface Side {
  readonly name: 'StreamVault' | 'nginx';
  readonly address: URL;
  readonly pid: number;
  readonly path: Readonly<Record<Kind['of'], string>>;
  readonly headers: string;
}

/** Returns the exit code: 1 where a goal is missed. */
export async function measureServing(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      megabytes: { type: 'string', default: '512' },
      rounds: { type: 'string', default: '5' },
      seconds: { type: 'string', default: '2' },
      dir: { type: 'string', default: tmpdir() },
    },
  });
  const folder = mkdtempSync(join(values.dir, 'streamvault-serving-'));
  const cleanUp = cleanUpOf(folder);
  try {
    const library = await startLibrary(folder, Number(values.megabytes));
    const nginx = await startNginxFiles(folder, library.folder);
    const sides: readonly Side[] = [
      {
        name: 'StreamVault',
        address: new URL(library.server.address),
        pid: library.server.pid,
        path: {
          stream: `/api/videos/${library.videoId}/stream`,
          thumbnail: `/api/videos/${library.videoId}/thumbnail`,
        },
        headers: `Cookie: ${(await signIn(library.server.address)).Cookie}\r\n`,
      },
      {
        name: 'nginx',
        address: nginx.address,
        pid: nginx.child.pid ?? 0,
        path: { stream: `/${library.video}`, thumbnail: `/${library.picture}` },
        headers: '',
      },
    ];
    const rows = [];
    for (const kind of kinds)
      rows.push(await compare(kind, sides, library, Number(values.rounds), Number(values.seconds)));
    console.log(
      `\n${megabytes(library.bytes)} MB in the cache, a picture of ${statSync(join(library.folder, library.picture)).size} bytes`,
    );
    console.table(rows);
    const memory = await measureMemory(sides, library);
    console.log('\nMemory (PSS, MB) with 500 connections');
    console.table(memory);
    return rows.some(({ ratio, goal }) => ratio < goal) ? 1 : 0;
  } finally {
    cleanUp();
  }
}

function requestOf(kind: Pick<Kind, 'of' | 'range'>, side: Side, bytes: number): () => string {
  const { range } = kind;
  const head = `GET ${side.path[kind.of]} HTTP/1.1\r\nHost: ${side.address.host}\r\n${side.headers}`;
  if (range === undefined) return () => `${head}\r\n`;
  return () => {
    const start = Math.floor(Math.random() * (bytes - range));
    return `${head}Range: bytes=${start}-${start + range - 1}\r\n\r\n`;
  };
}

async function compare(kind: Kind, sides: readonly Side[], { bytes }: ServedLibrary, rounds: number, seconds: number) {
  const stolen = watchStolen();
  const figures = new Map(sides.map(({ name }) => [name, { rate: [] as number[], cpu: [] as number[] }]));
  // The first round compiles and fills the cache.
  for (let number = 0; number <= rounds; number += 1) {
    for (const side of sides) {
      const before = cpuSeconds(side.pid).own;
      const began = performance.now();
      const request = requestOf(kind, side, bytes);
      const result = await measureLoad({ address: side.address, request, connections: kind.connections, seconds });
      const lasted = (performance.now() - began) / 1000;
      if (number === 0) continue;
      figures.get(side.name)?.rate.push(result[kind.by]);
      const spent = cpuSeconds(side.pid).own - before;
      figures.get(side.name)?.cpu.push((spent / lasted / result[kind.by]) * (kind.by === 'perSecond' ? 1e6 : 1e9));
    }
  }
  const [ours, theirs] = [figures.get('StreamVault'), figures.get('nginx')];
  const ratios = ours?.rate.map((rate, index) => rate / (theirs?.rate[index] ?? Number.NaN)) ?? [];
  const told = (all: readonly number[] = []) => round(median(all) / (kind.by === 'perSecond' ? 1 : 1e6), 0);
  const row = {
    what: kind.what,
    unit: kind.by === 'perSecond' ? '1/s' : 'MB/s',
    StreamVault: told(ours?.rate),
    nginx: told(theirs?.rate),
    ratio: round(median(ratios), 2),
    least: round(Math.min(...ratios), 2),
    greatest: round(Math.max(...ratios), 2),
    goal: kind.goal,
    // Of a request in µs, or of a GB in s.
    'its CPU': round(median(ours?.cpu ?? []), kind.by === 'perSecond' ? 0 : 2),
    'nginx CPU': round(median(theirs?.cpu ?? []), kind.by === 'perSecond' ? 0 : 2),
    stolen: round(stolen(), 3),
  };
  console.log(JSON.stringify({ bench: 'serving', ...row }));
  return row;
}

async function measureMemory(sides: readonly Side[], { bytes }: ServedLibrary) {
  const rows = [];
  for (const side of sides) {
    const memory = () => megabytes(pssBytes(side.pid));
    const before = memory();
    const ranges = { of: 'stream', range: 1 << 20 } as const;
    const request = requestOf(ranges, side, bytes);
    let greatest = before;
    const watch = setInterval(() => (greatest = Math.max(greatest, memory())), 200);
    await measureLoad({ address: side.address, request, connections: 500, seconds: 6 });
    clearInterval(watch);
    const release = await holdConnections(side.address, requestOf({ of: 'stream' }, side, bytes)(), 500);
    await wait(3000);
    const held = memory();
    release();
    await wait(3000);
    rows.push({ what: side.name, before, 'reading ranges, at most': greatest, 'not reading': held, after: memory() });
  }
  return rows;
}
