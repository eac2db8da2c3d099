import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessGate, allows, type DeclaredRoute } from '@streamvault/access';
import type { LibraryStatistics, Page, Video, VideoPage } from '@streamvault/api-contract';
import { contexts } from '@streamvault/contexts';
import type { StreamName } from '@streamvault/event-store';
import type { AnyEvent } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { controllers, cookieOf, own, password, setUp } from './access-server.testing.js';
import { openWholeServer, type WholeServer } from './whole-server.testing.js';

/** By name and ids, what belongs to a streamer is recognized in any answer, whatever its shape. */
interface Belongings {
  readonly name: string;
  /** Of the streamer itself; those of its things are this one and a little more. */
  readonly id: number;
}
const harbour: Belongings = { name: 'harbourling', id: 1_100_000 };
const lantern: Belongings = { name: 'lanternist', id: 2_200_000 };

let folder: string;
let server: WholeServer;
let administrator: string;
let viewer: string;
/** Of the server, as declared: a new list is among them. */
let routes: readonly DeclaredRoute[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-rows-'));
  server = await openWholeServer(folder);
  const { app } = server;
  routes = app.get(AccessGate).guard(controllers, Object.keys(contexts.permissions));
  for (const streamer of [harbour, lantern]) await fill(streamer);
  expect(await server.runtime.projections.waitForNonStale(60_000)).toBe(true);
  administrator = await setUp(app, folder);
  const made = await send('POST', '/api/users', administrator, { name: 'viewer', role: 'viewer', password });
  const { id: userId } = JSON.parse(made) as { id: number };
  const signedIn = await app.inject({
    method: 'POST',
    url: '/api/session',
    headers: { host: new URL(server.address).host },
    payload: { name: 'viewer', password },
  });
  viewer = cookieOf(signedIn);
  // Both watch everything before one of them may no longer.
  for (const cookie of [administrator, viewer])
    for (const { id } of [harbour, lantern])
      await send('PUT', `/api/videos/${id + 3}/position`, cookie, { seconds: 20 });
  await send('PATCH', `/api/users/${userId}`, administrator, { streamerIds: [harbour.id] });
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

/** One of each kind of thing that any list shows. */
async function fill({ name, id }: Belongings): Promise<void> {
  await record(`streamer-${id}`, [
    await event('streamers', 'StreamerAdded', {
      streamerId: id,
      name,
      url: `https://live.example/${name}.m3u8`,
      proxies: null,
    }),
  ]);
  const recordingId = id + 1;
  await record(`recording-${recordingId}`, [
    await event('recording', 'RecordingRequested', {
      recordingId,
      streamerId: id,
      streamerName: name,
      title: `Evening of ${name}`,
      proxies: null,
    }),
    await event('recording', 'CaptureStarting'),
    await event('recording', 'CaptureStarted'),
    await event('recording', 'PartOpened'),
    await event('recording', 'StopRequested'),
    await event('recording', 'CaptureEnded'),
  ]);
  await record(`broadcast-${id + 2}`, [
    await event('automation', 'BroadcastStarted', { broadcastId: id + 2, streamerId: id, title: `Live ${name}` }),
    await event('automation', 'RecordingDecided'),
  ]);
  const video = (number: number) => ({
    videoId: id + number,
    recordingId,
    streamerId: id,
    streamerName: name,
    title: `Video ${number} of ${name}`,
    file: `${name}/${number}.mp4`,
    thumbnailFile: `${name}/${number}.jpg`,
  });
  const added = (number: number) => event('library', 'VideoAdded', { ...video(number), outputNumber: number });
  const done = (type: string, number: number) => event('library', type, { videoId: id + number });
  await record(`video-${id + 3}`, [await added(3)]);
  await record(`video-${id + 4}`, [await added(4), await done('VideoBinned', 4)]);
  await record(`video-${id + 5}`, [
    await added(5),
    await done('VideoBinned', 5),
    await done('VideoPurgeStarted', 5),
    await done('VideoPurged', 5),
  ]);
}

/** As a context keeps it among its examples, in the newest version, with these things changed. */
async function event(context: string, type: string, changes: object = {}): Promise<AnyEvent> {
  const { version } = server.runtime.registry.definition(type)!;
  const file = new URL(`../../../../libs/${context}/fixtures/events/${type}.v${version}.json`, import.meta.url);
  const { examples } = JSON.parse(await readFile(file, 'utf8')) as { examples: object[] };
  return { type, data: { ...examples[0], ...changes } } as AnyEvent;
}

async function record(stream: StreamName, events: readonly AnyEvent[]): Promise<void> {
  const { registry, store } = server.runtime;
  const id = randomUUID();
  const now = new Date().toISOString();
  const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'test', now };
  const [first, ...others] = registry.toNewEvents(events, metadata, stream);
  await store.append(stream, [first!, ...others], 'no_stream');
}

async function send(method: string, path: string, cookie: string, body?: object): Promise<string> {
  const { origin } = new URL(server.address);
  const answer = await fetch(`${server.address}${path}`, {
    method,
    headers: { ...own(cookie), origin, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  expect([method, path, answer.status < 300 ? 'fine' : text]).toEqual([method, path, 'fine']);
  return text;
}

const get = async <Answer>(path: string, cookie: string): Promise<Answer> =>
  JSON.parse(await send('GET', path, cookie)) as Answer;

/** The names of those of whom there is something in an answer. */
const namesIn = (text: string): string[] =>
  [harbour, lantern]
    .filter(({ name, id }) => text.includes(name) || new RegExp(`\\b${id / 100_000}0000\\d\\b`).test(text))
    .map(({ name }) => name);

/** What the feed repeats of the past. */
async function repeated(cookie: string): Promise<string> {
  const leave = new AbortController();
  const answer = await fetch(`${server.address}/api/live?lastEventId=0`, { headers: { cookie }, signal: leave.signal });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  while (!text.includes('event: caughtUp')) {
    const { done, value } = await reader.read();
    if (done) break;
    text += value;
  }
  leave.abort();
  return text;
}

describe('a viewer of one of two streamers', () => {
  it('finds nothing of the other one in any list, generated from what routes declare', async () => {
    const lists = routes.filter(
      ({ method, path, needs }) =>
        method === 'GET' && needs.lists !== undefined && !path.includes(':') && allows('viewer', needs.permission),
    );
    const found: Record<string, readonly string[][]> = {};
    const expected: Record<string, readonly string[][]> = {};
    for (const { path, needs } of lists) {
      const read = path === '/api/live' ? repeated : (cookie: string) => send('GET', path, cookie);
      found[path] = [namesIn(await read(administrator)), namesIn(await read(viewer))];
      // An administrator sees both, or this test would say nothing about the list.
      expected[path] = needs.lists === 'visible' ? [[harbour.name, lantern.name], [harbour.name]] : [[], []];
    }
    expect(found).toEqual(expected);
    expect(Object.keys(found)).toEqual(
      expect.arrayContaining([
        '/api/streamers',
        '/api/recordings',
        '/api/videos',
        '/api/detections',
        '/api/queue',
        '/api/cleanup/bin',
        '/api/cleanup/deleted',
        '/api/library/statistics',
        '/api/live',
        '/api/watching',
      ]),
    );
  });

  it('learns nothing about the other one by asking for its id or its name', async () => {
    for (const list of ['recordings', 'videos', 'cleanup/deleted', 'library/statistics', 'detections']) {
      const path = `/api/${list}?streamerId=${lantern.id}`;
      const answer = await fetch(`${server.address}${path}`, { headers: { cookie: viewer } });
      const text = (await answer.text()).replaceAll(String(lantern.id), 'the one that was asked for');
      expect([path, answer.status < 500, namesIn(text)]).toEqual([path, true, []]);
    }
    const ofOther = await get<VideoPage>(`/api/videos?q=${lantern.name}`, viewer);
    expect(ofOther).toMatchObject({ items: [], nextCursor: null, total: { videos: 0 } });
    const ofOwn = await get<VideoPage>(`/api/videos?q=${harbour.name}`, viewer);
    expect(ofOwn.items.map(({ id }) => id)).toEqual([harbour.id + 3]);
  });

  it('sees counts and sums of what is shown, and cursors that lead nowhere else', async () => {
    const statistics = await get<LibraryStatistics>('/api/library/statistics', viewer);
    expect([statistics.total.videos, statistics.months.map(({ videos }) => videos)]).toEqual([1, [1]]);
    expect((await get<VideoPage>('/api/videos', viewer)).total).toMatchObject({ videos: 1 });
    const page = await get<Page<Video>>('/api/cleanup/bin?limit=1', administrator);
    const next = await get<Page<Video>>(`/api/cleanup/bin?limit=1&cursor=${page.nextCursor}`, viewer);
    expect(namesIn(JSON.stringify(next))).not.toContain(lantern.name);
  });
});
