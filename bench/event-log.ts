/**
 * The event log against the bare driver: appends per second with one writer and with 64, and a read of the whole log. Both sides
 * write the same rows into the same schema with the same pragmas and the same commits, in alternating rounds of one run; the
 * bare side gets its JSON ready-made. What remains is the ratio: it holds on any machine, the absolute figures do not.
 *
 *   node bench/event-log.ts [--events 1000000] [--rounds 5] [--dir /tmp]
 */
import { SqliteEventStore, type EventMetadata, type JsonObject, type NewEvent } from '@streamvault/event-store';
import Database from 'better-sqlite3';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    events: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string', default: tmpdir() },
  },
});
const EVENTS = positiveInteger('events', values.events);
const ROUNDS = positiveInteger('rounds', values.rounds);
const SINGLE_APPENDS = 1_500;
const WRITERS = 64;
const APPENDS_PER_WRITER = 400;
const EVENTS_PER_STREAM = 100;

type BareRow = [
  stream: number,
  revision: number,
  category: number,
  type: number,
  version: number,
  recordedAt: number,
  id: string,
  data: string,
  metadata: string,
];

interface Result {
  readonly name: string;
  /** Events per second, medians over the rounds. */
  readonly store: number;
  readonly bare: number;
  readonly ratio: number;
}

const folder = mkdtempSync(join(values.dir, 'streamvault-event-log-'));
try {
  const results = [
    await appends('append, 1 writer', 1, SINGLE_APPENDS),
    await appends(`append, ${WRITERS} writers`, WRITERS, APPENDS_PER_WRITER),
    ...(await readAll()),
  ];
  console.table(
    results.map(({ name, store, bare, ratio }) => ({
      what: name,
      'event log /s': Math.round(store),
      'bare driver /s': Math.round(bare),
      ratio: ratio.toFixed(2),
    })),
  );
  for (const result of results) console.log(JSON.stringify({ bench: 'event-log', ...result }));
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Each round appends `perWriter` events for every writer to fresh streams, one event per append, each waiting for the last. */
async function appends(name: string, writers: number, perWriter: number): Promise<Result> {
  const store = await SqliteEventStore.open(join(folder, `store-${writers}.db`));
  const bare = await openBare(join(folder, `bare-${writers}.db`));
  const storeRates: number[] = [];
  const bareRates: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    const streams = Array.from({ length: writers }, (_, writer) => `segment-${round}-${writer}` as const);
    const events = streams.map(() => Array.from({ length: perWriter }, (_, index) => someEvent(index)));
    const bareEvents = streams.map(() => Array.from({ length: perWriter }, (_, index) => someEvent(index)));
    const rows = bareEvents.map((own, writer) =>
      own.map((event, index) => bareRow(round * writers + writer, index, event)),
    );

    const storeTime = await timed(async () => {
      await Promise.all(
        streams.map(async (stream, writer) => {
          let revision: bigint | 'no_stream' = 'no_stream';
          for (const event of events[writer] ?? []) ({ revision } = await store.append(stream, [event], revision));
        }),
      );
    });
    const groups = Array.from({ length: perWriter }, (_, index) => rows.flatMap((own) => own.slice(index, index + 1)));
    const bareTime = await timed(() => {
      for (const group of groups) bare.commit(group);
    });
    storeRates.push((writers * perWriter) / storeTime);
    bareRates.push((writers * perWriter) / bareTime);
  }
  await store.close();
  bare.close();
  return result(name, storeRates, bareRates);
}

/** The whole log, every payload parsed: the port's async iterable against a statement's own iterator and against plain pages. */
async function readAll(): Promise<Result[]> {
  const path = join(folder, 'read.db');
  await fill(path);
  const store = await SqliteEventStore.open(path);
  const db = new Database(path, { readonly: true });
  db.pragma('cache_size = -32000');
  const columns = 'position, stream_id, revision, type_id, version, recorded_at, id, data, metadata';
  const scan = db.prepare<[], BareRow>(`SELECT ${columns} FROM event ORDER BY position`).raw();
  const page = db
    .prepare<[number, number], [position: number, ...rest: BareRow]>(
      `SELECT position, ${columns} FROM event WHERE position > ? ORDER BY position LIMIT ?`,
    )
    .raw();
  const rates = { store: [] as number[], scan: [] as number[], pages: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    rates.store.push(
      await readRate(async () => {
        let seen = 0;
        for await (const event of store.readAll()) if (event.data && event.metadata) seen += 1;
        return seen;
      }),
    );
    rates.scan.push(
      await readRate(() => {
        let seen = 0;
        for (const row of scan.iterate()) if (JSON.parse(row[7]) && JSON.parse(row[8])) seen += 1;
        return seen;
      }),
    );
    rates.pages.push(
      await readRate(() => {
        let seen = 0;
        let after = 0;
        for (;;) {
          const rows = page.all(after, 500);
          for (const row of rows) if (JSON.parse(row[8]) && JSON.parse(row[9])) seen += 1;
          if (rows.length < 500) return seen;
          after = rows.at(-1)![0];
        }
      }),
    );
  }
  db.close();
  await store.close();
  const count = EVENTS.toLocaleString('en');
  return [
    result(`readAll ${count}, bare: one scan`, rates.store, rates.scan),
    result(`readAll ${count}, bare: pages`, rates.store, rates.pages),
  ];
}

async function fill(path: string): Promise<void> {
  const store = await SqliteEventStore.open(path);
  const WIDTH = 100;
  for (let first = 0; first < EVENTS; first += WIDTH * EVENTS_PER_STREAM) {
    const streams = Math.min(WIDTH, Math.ceil((EVENTS - first) / EVENTS_PER_STREAM));
    await Promise.all(
      Array.from({ length: streams }, async (_, index) => {
        const start = first + index * EVENTS_PER_STREAM;
        const count = Math.min(EVENTS_PER_STREAM, EVENTS - start);
        const stream = `recording-${start}` as const;
        // In tens, so that neighbours in the log are of different streams.
        for (let done = 0; done < count; done += 10) {
          const [head, ...tail] = Array.from({ length: Math.min(10, count - done) }, (_, n) => someEvent(done + n));
          if (head !== undefined)
            await store.append(stream, [head, ...tail], done === 0 ? 'no_stream' : BigInt(done - 1));
        }
      }),
    );
  }
  await store.close();
}

/** The same file as the store would make, with the same pragmas, and only prepared inserts. */
async function openBare(path: string): Promise<{ commit: (rows: readonly BareRow[]) => void; close: () => void }> {
  await (await SqliteEventStore.open(path)).close();
  const db = new Database(path);
  for (const pragma of [
    'journal_mode = WAL',
    'synchronous = FULL',
    'wal_autocheckpoint = 4000',
    'cache_size = -32000',
  ]) {
    db.pragma(pragma);
  }
  const insert = db.prepare<BareRow>(`
    INSERT INTO event (stream_id, revision, category_id, type_id, version, recorded_at, id, data, metadata)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const begin = db.prepare('BEGIN IMMEDIATE');
  const commit = db.prepare('COMMIT');
  return {
    commit: (rows) => {
      begin.run();
      for (const row of rows) insert.run(...row);
      commit.run();
    },
    close: () => db.close(),
  };
}

function someEvent(index: number): NewEvent {
  const data: JsonObject = {
    recordingId: 42,
    part: 1 + (index % 3),
    mediaSequence: 123_456 + index,
    byteOffset: 1_234_567 * index,
    byteLength: 1_234_567,
    durationSeconds: 2.002,
    programDateTime: '2026-11-01T12:00:00.000Z',
    receivedAt: '2026-11-01T12:00:02.123Z',
    discontinuity: false,
    uri: `https://live.example/hls/segment-${123_456 + index}.ts?token=abcdefabcdefabcdef`,
  };
  const metadata: EventMetadata = { $correlationId: randomUUID(), $causationId: randomUUID(), actor: 'recorder' };
  const event: NewEvent = { id: randomUUID(), type: `SegmentStored${index % 7}`, version: 1, data, metadata };
  // Strings as they come from a parser: those of `randomUUID` are in pieces, which the first reader has to join.
  return JSON.parse(JSON.stringify(event));
}

function bareRow(stream: number, revision: number, event: NewEvent): BareRow {
  const { id, version, data, metadata } = event;
  return [
    stream,
    revision,
    1,
    1 + (revision % 7),
    version,
    Date.now(),
    id,
    JSON.stringify(data),
    JSON.stringify(metadata),
  ];
}

/** Seconds. */
async function timed(work: () => void | Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

async function readRate(read: () => number | Promise<number>): Promise<number> {
  let seen = 0;
  const seconds = await timed(async () => {
    seen = await read();
  });
  if (seen !== EVENTS) throw new Error(`Read ${seen} events of ${EVENTS}: the figures would mean nothing.`);
  return EVENTS / seconds;
}

function result(name: string, storeRates: readonly number[], bareRates: readonly number[]): Result {
  const store = median(storeRates);
  const bare = median(bareRates);
  return { name, store, bare, ratio: store / bare };
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  const middle = sorted.length / 2;
  return ((sorted[Math.ceil(middle) - 1] ?? 0) + (sorted[Math.floor(middle)] ?? 0)) / 2;
}

function positiveInteger(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new Error(`--${name} must be a whole number from 1.`);
}
