import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Streamer } from '@streamvault/api-contract';
import { importLog, openEventStore } from '@streamvault/event-store';
import type { StreamVault } from '../../e2e/support/stream-vault.js';
import { until } from '../../e2e/support/until.js';
import type { World } from '../../e2e/support/world.js';

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export type JsonObject = Readonly<Record<string, Json>>;

/** What a server makes of a log. */
export interface MadeOfLog {
  /** By stream. */
  readonly states: JsonObject;
  /** By table of the read database. */
  readonly rows: JsonObject;
  /** By route. */
  readonly answers: JsonObject;
}

export const keptLog = path.join(import.meta.dirname, 'log.ndjson.gz');
const keptAnswers = path.join(import.meta.dirname, 'made-of-it.json.gz');

export const readKept = async (): Promise<MadeOfLog> =>
  JSON.parse(gunzipSync(await readFile(keptAnswers)).toString()) as MadeOfLog;

export const writeKept = (made: MadeOfLog): Promise<void> =>
  writeFile(keptAnswers, gzipSync(JSON.stringify(sorted(made as unknown as Json), null, 1), { level: 9 }));

/** Nothing is recorded, and nothing removed: whatever was open in the log stays as it is, whenever the test runs. */
const readsOnly = { ROLES: 'api,projector' };
const tables = ['streamers', 'recordings', 'videos'];
/**
 * Categories whose streams have a state. The others have nothing to compare, and some of them are forgotten after a
 * day.
 */
const folded = ['recording', 'streamer', 'video'];

/** Imports the packed log into its own installation, and queries a server that runs on it. */
export async function readBack(world: World, file: string): Promise<MadeOfLog> {
  const server = await world.installation(readsOnly);
  const unpacked = path.join(server.directory, 'log.ndjson');
  await writeFile(unpacked, gunzipSync(await readFile(file)));
  await mkdir(server.dataDirectory, { recursive: true });
  const streams = new Set<string>();
  const log = await openEventStore(`sqlite:${path.join(server.dataDirectory, 'events.db')}`);
  try {
    await importLog(unpacked, log);
    for await (const { stream } of log.readAll({ filter: { categories: folded } })) streams.add(stream);
  } finally {
    await log.close();
  }
  return ask(server, [...streams]);
}

/** Starts the server for the queries; it may run on any log. */
async function ask(server: StreamVault, streams: readonly string[]): Promise<MadeOfLog> {
  await server.start();
  await until('the read models were there', async () => {
    const { headPosition, items } = (await get(server, '/api/audit/projections')) as {
      headPosition: string;
      items: { position: string | null }[];
    };
    return items.every(({ position }) => position !== null && BigInt(position) >= BigInt(headPosition));
  });
  const states: Record<string, Json> = {};
  for (const stream of streams.toSorted())
    states[stream] = await get(server, `/api/audit/streams/${encodeURIComponent(stream)}/state`);
  const answers = await allAnswers(server);
  const rows = allRows(server);
  const next = await goOn(server, answers);
  await server.stop();
  return { states, rows, answers: { ...answers, ...next } };
}

/** What a user who continues with the log gets: ids are not given twice, and claims are still known. */
async function goOn({ api }: StreamVault, answers: JsonObject): Promise<JsonObject> {
  const streamers = (answers['/api/streamers'] as unknown as { items: Streamer[] }).items;
  const busy = streamers.find(({ activeRecordingId }) => activeRecordingId !== null)!;
  const idle = streamers.find(({ activeRecordingId }) => activeRecordingId === null)!;
  const post = async (route: string, fields: readonly string[], body?: object): Promise<Json> => {
    const { status, json } = await api.request('POST', route, body && { body });
    const told = json as Record<string, Json>;
    return { status, ...Object.fromEntries(fields.map((field) => [field, told[field] ?? null])) };
  };
  return {
    'add a new streamer': await post('/api/streamers', ['id'], { url: 'http://127.0.0.1:3/new.m3u8' }),
    'add one that is there': await post('/api/streamers', ['code'], { url: busy.url }),
    'record one that is recorded': await post(`/api/recording/start/${busy.id}`, ['code', 'recordingId']),
    'record another one': await post(`/api/recording/start/${idle.id}`, ['recordingId', 'streamerId', 'state']),
    'retry what is complete': await post('/api/recordings/1/retry', ['code']),
  };
}

async function allAnswers(server: StreamVault): Promise<JsonObject> {
  const answers: Record<string, Json> = {};
  const lists = ['/api/streamers', '/api/recordings', '/api/videos'];
  for (const list of lists) {
    const first = (await get(server, `${list}?limit=200`)) as { items: { id: number }[] };
    answers[list] = first as unknown as Json;
    for (const { id } of first.items) answers[`${list}/${id}`] = await get(server, `${list}/${id}`);
  }
  const others = ['/api/recordings?state=failed,cancelled&limit=3', '/api/videos?sort=bytes', '/api/videos?q=ünsal'];
  for (const route of [...others, '/api/queue']) answers[route] = await get(server, route);
  answers['/api/recordings/lifecycle'] = byName(await get(server, '/api/recordings/lifecycle'));
  return answers;
}

async function get(server: StreamVault, route: string): Promise<Json> {
  const { status, json } = await server.api.request('GET', route);
  if (status !== 200) throw new Error(`GET ${route} answered ${status}: ${JSON.stringify(json)}`);
  return json as Json;
}

/** States and transitions by name, so that one more is an addition. Their descriptions may change. */
function byName(lifecycle: Json): Json {
  const { states, ...rest } = lifecycle as {
    states: { name: string; transitions: { event: string; target: string }[] }[];
  };
  return {
    ...(rest as JsonObject),
    states: Object.fromEntries(
      states.map(({ name, transitions, ...state }) => {
        const { description: _, ...facts } = state as Record<string, Json>;
        const ways = transitions.map(({ event, target }) => [`${event} → ${target}`, {}]);
        return [name, { ...facts, transitions: Object.fromEntries(ways) as JsonObject }];
      }),
    ),
  };
}

/** The read models' tables, as stored in the database. */
function allRows(server: StreamVault): JsonObject {
  using database = new DatabaseSync(path.join(server.dataDirectory, 'read-models.db'), { readOnly: true });
  const rowsOf = (table: string) => database.prepare(`select * from ${table} order by id`).all().map(plain);
  return Object.fromEntries(tables.map((table) => [table, rowsOf(table)]));
}

/** A row with its JSON parsed. */
function plain(row: Record<string, unknown>): Json {
  const columns = Object.entries(row).map(([name, value]): [string, Json] => {
    const isJson = typeof value === 'string' && /^[[{]/.test(value);
    return [name, isJson ? (JSON.parse(value) as Json) : (value as Json)];
  });
  return Object.fromEntries(columns);
}

/** The same with its keys in order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return Object.fromEntries(entries.map(([key, each]) => [key, sorted(each)]));
}
