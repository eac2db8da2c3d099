/**
 * What the hash chain costs per append: the same store with and without it, in alternating rounds of one run. "Without" is a
 * chain that makes nothing (support/unchained.mjs), in the thread that writes; all else is the very same code.
 *
 *   node bench/hash-chain.ts [--rounds 31] [--dir /tmp]
 */
import { SqliteEventStore, type NewEvent } from '@streamvault/event-store';
import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '31' }, dir: { type: 'string', default: tmpdir() } },
});
const ROUNDS = Number(values.rounds);
const WARM_UP = 2;
if (!Number.isSafeInteger(ROUNDS) || ROUNDS < 1) throw new Error('--rounds must be a whole number from 1.');

// A log's thread gets the options of this process.
const unchained = ['--import', new URL('support/unchained.mjs', import.meta.url).href];
if (!process.execArgv.includes('--import')) {
  const args = [...process.execArgv, ...unchained, ...process.argv.slice(1)];
  process.exit(spawnSync(process.execPath, args, { stdio: 'inherit' }).status ?? 1);
}

const folder = mkdtempSync(join(values.dir, 'streamvault-hash-chain-'));
try {
  const results = [
    await compare('append, 1 writer', 1, 300),
    await compare('append, 64 writers', 64, 75),
    await compare('append, 64 writers, 10 events each', 64, 15, 10),
  ];
  console.table(
    results.map(({ name, withChain, without, wall, cpu }) => ({
      what: name,
      'with /s': Math.round(withChain),
      'without /s': Math.round(without),
      'cost %': percent(wall.median),
      'at its quietest': percent(wall.quietest),
      'CPU cost %': percent(cpu.median),
      'CPU at its quietest': percent(cpu.quietest),
    })),
  );
  for (const result of results) console.log(JSON.stringify({ bench: 'hash-chain', ...result }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Events per second, medians over the rounds; what they cost more with the chain. */
async function compare(name: string, writers: number, appends: number, perAppend = 1) {
  const stores = {
    withChain: await open(`with-${writers}-${perAppend}.db`, true),
    without: await open(`without-${writers}-${perAppend}.db`, false),
  };
  const spent = { withChain: { wall: [], cpu: [] }, without: { wall: [], cpu: [] } } as Record<
    'withChain' | 'without',
    { wall: number[]; cpu: number[] }
  >;
  for (let round = 0; round < ROUNDS + WARM_UP; round += 1) {
    // The second one finds a warmer machine, so they take turns.
    const order = round % 2 === 0 ? (['withChain', 'without'] as const) : (['without', 'withChain'] as const);
    for (const kind of order) {
      const { wall, cpu } = await appendAll(stores[kind], round, writers, appends, perAppend);
      if (round < WARM_UP) continue;
      spent[kind].wall.push(wall);
      spent[kind].cpu.push(cpu);
    }
  }
  const verifications = [await stores.withChain.verify(), await stores.without.verify()];
  if (verifications.map(({ kind }) => kind).join() !== 'intact,broken')
    throw new Error('One log must be chained and the other not: the figures would mean nothing.');
  await stores.withChain.close();
  await stores.without.close();
  const events = writers * appends * perAppend;
  return {
    name,
    withChain: events / median(spent.withChain.wall),
    without: events / median(spent.without.wall),
    wall: costOf(spent.withChain.wall, spent.without.wall),
    cpu: costOf(spent.withChain.cpu, spent.without.cpu),
  };
}

/**
 * The median of each round compared with its neighbour; and the same for the quietest rounds, which other work on the
 * machine disturbed least.
 */
function costOf(withChain: readonly number[], without: readonly number[]) {
  const ofRounds = withChain.map((time, index) => time / (without[index] ?? Number.NaN));
  const quiet = (times: readonly number[]) => median(times.toSorted((a, b) => a - b).slice(0, Math.ceil(ROUNDS / 4)));
  return { median: median(ofRounds) - 1, quietest: quiet(withChain) / quiet(without) - 1 };
}

function percent(share: number): string {
  return (share * 100).toFixed(1);
}

/** A thread inherits the environment at its start. */
async function open(name: string, chained: boolean): Promise<SqliteEventStore> {
  process.env['WITHOUT_HASH_CHAIN'] = String(!chained);
  return await SqliteEventStore.open(join(folder, name));
}

async function appendAll(
  store: SqliteEventStore,
  round: number,
  writers: number,
  appends: number,
  perAppend: number,
): Promise<{ wall: number; cpu: number }> {
  const work = Array.from({ length: writers }, (_, writer) => ({
    stream: `recording-${round}${String(writer).padStart(3, '0')}` as const,
    batches: Array.from({ length: appends }, (_, n) => Array.from({ length: perAppend }, () => someEvent(n))),
  }));
  globalThis.gc?.();
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  await Promise.all(
    work.map(async ({ stream, batches }) => {
      let revision: bigint | 'no_stream' = 'no_stream';
      for (const [first, ...rest] of batches) {
        if (first !== undefined) ({ revision } = await store.append(stream, [first, ...rest], revision));
      }
    }),
  );
  const { user, system } = process.cpuUsage(cpuBefore);
  return { wall: (performance.now() - start) / 1_000, cpu: (user + system) / 1_000_000 };
}

function someEvent(index: number): NewEvent {
  const event: NewEvent = {
    id: randomUUID(),
    type: `SegmentStored${index % 7}`,
    version: 1,
    data: {
      recordingId: 42,
      part: 1 + (index % 3),
      mediaSequence: 123_456 + index,
      byteOffset: 1_234_567 * index,
      byteLength: 1_234_567,
      durationSeconds: 2.002,
      programDateTime: '2026-11-01T12:00:00.000Z',
      receivedAt: '2026-11-01T12:00:02.123Z',
      discontinuity: false,
      // Of various lengths, so that no single row size decides how many more rows fit in a page without hashes.
      uri: `https://live.example/hls/segment-${123_456 + index}.ts?token=${'abcdef'.repeat((index * 7) % 40)}`,
    },
    metadata: { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'recorder' },
  };
  // Strings as they come from a parser: those of `randomUUID` are in pieces, which the first reader has to join.
  return JSON.parse(JSON.stringify(event));
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}
