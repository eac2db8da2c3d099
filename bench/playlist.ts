/**
 * What a player's reload of the playlist costs at ten hours of segments of two seconds: bytes on the wire, and CPU of making it after one more
 * segment, with what was made before kept; whole, compressed, and as an update.
 *
 *   node bench/playlist.ts [--hours 10] [--reloads 200]
 */
import './support/sources.mjs';
import { GrowingPlaylist, Ledger } from '@streamvault/capture';
import { parseArgs } from 'node:util';

const { round } = await import('./support/figures.js');

const { values } = parseArgs({
  options: { hours: { type: 'string', default: '10' }, reloads: { type: 'string', default: '200' } },
});
const count = (Number(values.hours) * 3600) / 2;
const reloads = Number(values.reloads);
const began = Date.parse('2026-11-30T08:00:00Z');
const at = (seconds: number) => new Date(began + seconds * 1000).toISOString();

type LedgerEntry = Parameters<Ledger['apply']>[0];

let offset = 0;
function segment(number: number): LedgerEntry {
  // As segments are: of about half a megabyte, no two alike.
  const length = 188 * (2000 + Math.floor(Math.random() * 1600));
  const entry = {
    type: 'segment',
    mediaSequence: number,
    discontinuitySequence: 0,
    part: 1,
    offset,
    length,
    durationSeconds: 2,
    programDateTime: at(number * 2),
    estimated: false,
    receivedAt: at(number * 2 + 3),
    discontinuity: false,
    ad: false,
    identity: `/seg-${number}.ts`,
    synced: 0,
  } as const;
  offset += length;
  return entry;
}

const ledger = new Ledger({ type: 'ledger', version: 2, recordingId: 1, createdAt: at(0) });
const part = { number: 1, file: 'part-0001.ts', container: 'ts', reason: 'start', signature: 'h264' } as const;
ledger.apply({ type: 'partOpened', ...part, targetDurationSeconds: 2, at: at(0) });
for (let number = 0; number < count; number += 1) ledger.apply(segment(number));

const rows = [];
let next = count;
for (const [kind, entrySeconds] of [
  ['entries of 6 s', 6],
  ['each segment', 0],
] as const) {
  const playlist = new GrowingPlaylist(ledger, { partUri: ({ number }) => `parts/${number}.ts`, entrySeconds });
  const first = cpuMilliseconds(() => playlist.gzip(false));
  for (const [what, make] of [
    ['whole', () => playlist.text(false)],
    ['whole, gzip', () => playlist.gzip(false)],
    ['update', () => playlist.delta(false) ?? ''],
  ] as const) {
    let bytes = 0;
    const spent = cpuMilliseconds(() => {
      for (let reload = 0; reload < reloads; reload += 1) {
        ledger.apply(segment(next++));
        bytes = Buffer.byteLength(make());
      }
    });
    rows.push({ kind, what, bytes, 'CPU ms': round(spent / reloads, 2), 'the first one': round(first, 1) });
  }
}
for (const row of rows) console.log(JSON.stringify({ bench: 'playlist', hours: Number(values.hours), ...row }));
console.table(rows);
const worst = rows.filter(({ kind, what }) => kind === 'entries of 6 s' && what === 'whole, gzip');
process.exitCode = worst.some((row) => row.bytes > 40_000 || row['CPU ms'] > 5) ? 1 : 0;

function cpuMilliseconds(work: () => unknown): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
