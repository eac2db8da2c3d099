/**
 * What finishing a recording costs beside the ffmpeg that does nothing but copy: the same parts, joined by `finalizeRuns` (which
 * inspects, joins, checks and syncs) and by `ffmpeg -c copy -movflags +faststart` followed by a sync, in alternating rounds of one run.
 *
 *   node bench/finalize.ts [--megabytes 400] [--parts 1,2,10] [--rounds 3] [--dir /tmp] [--kilobits 6000]
 *
 * Ten hours of 1.1 GB: --megabytes 1100 --kilobits 115 --parts 1
 */
import './support/sources.mjs';
import { createMedia, locateTools } from '@streamvault/media';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, openSync, closeSync, fsyncSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { cpuSeconds } = await import('./support/process-costs.js');

const { values } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '400' },
    parts: { type: 'string', default: '1,2,10' },
    rounds: { type: 'string', default: '3' },
    kilobits: { type: 'string', default: '6000' },
    dir: { type: 'string', default: tmpdir() },
  },
});
const [megabytes, rounds, kilobits] = [values.megabytes, values.rounds, values.kilobits].map(Number) as [
  number,
  number,
  number,
];
const counts = values.parts.split(',').map(Number);
if (![megabytes, rounds, kilobits, ...counts].every((number) => Number.isSafeInteger(number) && number > 0))
  throw new Error('--megabytes, --rounds, --kilobits and --parts take whole numbers from 1.');

const tools = await locateTools();
const media = createMedia(tools);
const folder = mkdtempSync(join(values.dir, 'streamvault-finalize-'));
try {
  const rows = [];
  for (const count of counts) rows.push(await compare(count));
  console.table(rows);
} finally {
  rmSync(folder, { recursive: true, force: true });
}

interface Cost {
  readonly cpu: number;
  readonly wall: number;
}

async function compare(count: number) {
  const parts = await makeParts(count, megabytes / count);
  const costs: { ours: Cost[]; bare: Cost[] } = { ours: [], bare: [] };
  for (let round = 0; round < rounds; round += 1) {
    costs.bare.push(await measure(() => bare(parts)));
    costs.ours.push(await measure(() => ours(parts)));
  }
  const median = (all: readonly Cost[], what: keyof Cost) =>
    all.map((cost) => cost[what]).toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;
  const [cpu, bareCpu] = [median(costs.ours, 'cpu'), median(costs.bare, 'cpu')];
  const [wall, bareWall] = [median(costs.ours, 'wall'), median(costs.bare, 'wall')];
  return {
    parts: count,
    hours: (parts.reduce((sum, { seconds }) => sum + seconds, 0) / 3600).toFixed(1),
    MB: Math.round(parts.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6),
    'CPU s': cpu.toFixed(2),
    'ffmpeg CPU s': bareCpu.toFixed(2),
    'CPU ratio': (cpu / bareCpu).toFixed(2),
    'wall s': wall.toFixed(2),
    'ffmpeg wall s': bareWall.toFixed(2),
    'wall ratio': (wall / bareWall).toFixed(2),
  };
}

async function measure(work: () => Promise<void>): Promise<Cost> {
  const total = () => {
    const { own, children } = cpuSeconds(process.pid);
    return own + children;
  };
  const [before, began] = [total(), performance.now()];
  await work();
  return { cpu: total() - before, wall: (performance.now() - began) / 1000 };
}

interface Part {
  readonly file: string;
  readonly bytes: number;
  readonly seconds: number;
}

/** Parts of one bit rate: a minute that is encoded once, repeated. */
async function makeParts(count: number, each: number): Promise<readonly Part[]> {
  const minute = join(folder, 'minute.ts');
  ffmpeg(
    `-f lavfi -i testsrc2=size=1280x720:rate=30:duration=60 -f lavfi -i sine=sample_rate=48000:duration=60 -c:v libx264 -preset ultrafast -b:v ${kilobits}k -minrate ${kilobits}k -maxrate ${kilobits}k -bufsize ${kilobits}k -nal-hrd cbr -g 60 -c:a aac -b:a 64k -f mpegts`,
    minute,
  );
  const loops = Math.max(0, Math.round((each * 1e6) / statSync(minute).size) - 1);
  const first = join(folder, `parts-${count}-0.ts`);
  ffmpeg(`-stream_loop ${loops} -i ${minute} -c copy -f mpegts`, first);
  const parts = [];
  for (let number = 0; number < count; number += 1) {
    const file = join(folder, `parts-${count}-${number}.ts`);
    if (number > 0) await copyFile(first, file);
    parts.push({ file, bytes: statSync(file).size, seconds: 60 * (loops + 1) });
  }
  return parts;
}

async function ours(parts: readonly Part[]): Promise<void> {
  const work = join(folder, 'work');
  await mkdir(work, { recursive: true });
  const output = join(folder, 'ours.mp4');
  await media.finalizeRuns({
    runs: parts.map(({ file, bytes, seconds }) => ({
      container: 'ts',
      signature: 'same',
      durationSeconds: seconds,
      ranges: [{ file, offset: 0, length: bytes }],
    })),
    outputFor: () => output,
    workDirectory: work,
  });
  await rm(output);
}

async function bare(parts: readonly Part[]): Promise<void> {
  const output = join(folder, 'bare.mp4');
  const list = join(folder, 'bare.ffconcat');
  writeFileSync(list, ['ffconcat version 1.0', ...parts.map(({ file }) => `file '${file}'`), ''].join('\n'));
  const input = parts.length === 1 ? `-i ${parts[0]?.file}` : `-f concat -safe 0 -i ${list}`;
  ffmpeg(`${input} -map 0 -c copy -movflags +faststart -f mp4`, output);
  const handle = openSync(output, 'r+');
  fsyncSync(handle);
  closeSync(handle);
  await rm(output);
}

function ffmpeg(args: string, output: string): void {
  const { status, stderr } = spawnSync(tools.ffmpeg.path, [
    '-v',
    'error',
    '-nostdin',
    '-y',
    ...args.split(' '),
    output,
  ]);
  if (status !== 0) throw new Error(`ffmpeg failed: ${stderr.toString()}`);
}
