/* oxlint-disable no-console -- a script */
import { createReadStream, existsSync, statSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { extname, join, normalize } from 'node:path';
import { type FakeMedia, makeFakeMedia, segmentSeconds } from './fake-media.ts';
import { FakeAudit } from './fake-audit.ts';
import { seed } from './fake-history.ts';
import { FakeWorld, at } from './fake-world.ts';
import { aDisk, aStreamer, theLifecycle } from './fixtures.ts';

/**
 * A stand-in for the server, to look at the console with: `node apps/admin/testing/fake-server.ts [--empty] [--port=8010]`
 * after `npx ng build`. Not shipped.
 */
const dist = join(import.meta.dirname, '..', 'dist', 'browser');
const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.mp4': 'video/mp4',
  '.ts': 'video/mp2t',
  '.m3u8': 'application/vnd.apple.mpegurl',
};

type Answer = { status?: number; body: unknown };
type Handler = (
  parts: string[],
  request: { query: URLSearchParams; body: Record<string, unknown> },
) => Answer | undefined;

const problem = (status: number, code: string, title: string, detail: string, more: object = {}): Answer => ({
  status,
  body: { type: `urn:streamvault:${code}`, title, status, detail, code, instance: '/', ...more },
});
const unknown = (what: string): Answer =>
  problem(404, `${what}.unknown`, `There is no such ${what}`, `No ${what} has this id.`);

const orUnknown = (body: object | undefined, what: string): Answer => (body === undefined ? unknown(what) : { body });

export async function startFakeServer(options: { port: number; empty: boolean }) {
  const media = await makeFakeMedia();
  const world = new FakeWorld();
  if (!options.empty) seed(world);
  const audit = new FakeAudit(world);
  const demoId = 99;

  const page = (items: readonly unknown[], query: URLSearchParams): Answer => {
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    const next = from + limit < items.length ? String(from + limit) : null;
    return { body: { items: items.slice(from, from + limit), nextCursor: next } };
  };

  const routes: [method: string, pattern: RegExp, handler: Handler][] = [
    ['GET', /^\/health$/, () => ({ body: health(world) })],
    [
      'GET',
      /^\/api\/proxies$/,
      () => {
        const items = [
          { name: 'amsterdam', canBeChosen: true, restsUntil: null },
          { name: 'frankfurt', canBeChosen: true, restsUntil: at(60) },
        ];
        return { body: { items, defaults: ['amsterdam', 'direct'] } };
      },
    ],
    ['GET', /^\/api\/streamers$/, (_, { query }) => page([...world.streamers.values()], query)],
    ['POST', /^\/api\/streamers$/, (_, { body }) => addStreamer(body)],
    ['GET', /^\/api\/streamers\/(\d+)$/, ([id = '']) => orUnknown(world.streamers.get(Number(id)), 'streamer')],
    [
      'PATCH',
      /^\/api\/streamers\/(\d+)$/,
      ([id = ''], { body }) => {
        const streamer = world.streamers.get(Number(id));
        if (!streamer) return unknown('streamer');
        world.streamers.set(streamer.id, { ...streamer, ...body });
        world.append(`streamer-${id}`, 'StreamerChanged', body, 'api');
        return { body: world.streamers.get(streamer.id) };
      },
    ],
    [
      'DELETE',
      /^\/api\/streamers\/(\d+)$/,
      ([id = '']) => {
        const streamer = world.streamers.get(Number(id));
        if (!streamer) return unknown('streamer');
        if (streamer.activeRecordingId !== null)
          return problem(
            409,
            'streamer.recording',
            'It is being recorded',
            'Stop the recording first, then remove it.',
          );
        world.streamers.delete(streamer.id);
        world.append(`streamer-${id}`, 'StreamerRemoved', {}, 'api');
        return { status: 204, body: undefined };
      },
    ],
    [
      'GET',
      /^\/api\/demo$/,
      () => ({ body: { available: true, reason: null, streamerId: world.streamers.has(demoId) ? demoId : null } }),
    ],
    [
      'POST',
      /^\/api\/demo$/,
      () => {
        const url = 'http://127.0.0.1/demo/master.m3u8';
        const demo =
          world.streamers.get(demoId) ?? aStreamer({ id: demoId, name: 'Demo channel', platform: 'demo', url });
        world.streamers.set(demoId, demo);
        world.append(`streamer-${demoId}`, 'StreamerAdded', { name: demo.name }, 'api');
        return { body: demo };
      },
    ],
    [
      'POST',
      /^\/api\/recording\/start\/(\d+)$/,
      ([id = '']) => {
        const streamer = world.streamers.get(Number(id));
        if (!streamer) return unknown('streamer');
        const { activeRecordingId: recordingId } = streamer;
        if (recordingId !== null)
          return problem(409, 'recording.already-active', 'It is recording already', 'One at a time.', { recordingId });
        const recording = world.start(streamer);
        return { body: { recordingId: recording.id, streamerId: streamer.id, state: recording.state } };
      },
    ],
    [
      'POST',
      /^\/api\/recording\/stop\/(\d+)$/,
      ([id = '']) => {
        const active = world.recordings.get(world.streamers.get(Number(id))?.activeRecordingId ?? -1);
        if (!active) return problem(409, 'recording.not-active', 'It is not recording', 'There is nothing to stop.');
        const recording = world.stop(active);
        return { body: { recordingId: recording.id, streamerId: recording.streamerId, state: recording.state } };
      },
    ],
    ['GET', /^\/api\/recordings\/lifecycle$/, () => ({ body: theLifecycle })],
    [
      'GET',
      /^\/api\/recordings$/,
      (_, { query }) => {
        const states = query.get('state')?.split(',');
        const streamerId = query.get('streamerId');
        const found = [...world.recordings.values()].filter(
          (recording) =>
            (states?.includes(recording.state) ?? true) &&
            (streamerId === null || recording.streamerId === Number(streamerId)),
        );
        return page(
          found.toSorted((left, right) => right.requestedAt.localeCompare(left.requestedAt)),
          query,
        );
      },
    ],
    [
      'GET',
      /^\/api\/recordings\/(\d+)$/,
      ([id = '']) => {
        const recording = world.recordings.get(Number(id));
        return recording ? { body: recording } : unknown('recording');
      },
    ],
    [
      'GET',
      /^\/api\/recordings\/(\d+)\/events$/,
      ([id = '']) => ({ body: world.log.filter(({ stream }) => stream === `recording-${id}`) }),
    ],
    [
      'POST',
      /^\/api\/recordings\/(\d+)\/(retry|cancel|steps\/(\w+)\/retry)$/,
      ([id = '', action = '', name = '']) => {
        const recording = world.recordings.get(Number(id));
        if (!recording) return unknown('recording');
        const stream = `recording-${id}`;
        if (action === 'cancel') {
          world.change(recording.id, { state: 'cancelled', deadline: null });
          const streamer = world.streamers.get(recording.streamerId);
          if (streamer) world.streamers.set(streamer.id, { ...streamer, activeRecordingId: null });
          world.append(stream, 'RecordingCancelled', { by: 'api' }, 'api');
        } else if (action === 'retry') {
          world.change(recording.id, { state: 'requested', failure: null });
          world.append(stream, 'RecordingRetried', { by: 'api', from: 'capture' }, 'api');
        } else {
          const steps = recording.steps.map((step) =>
            step.name === name ? { ...step, state: 'succeeded' as const, error: null } : step,
          );
          world.change(recording.id, { steps });
          world.append(stream, 'StepRetryRequested', { name, by: 'api' }, 'api');
          world.append(stream, 'StepSucceeded', { name, attempt: 1 });
        }
        return { body: world.recordings.get(recording.id) };
      },
    ],
    [
      'GET',
      /^\/api\/videos$/,
      (_, { query }) => {
        const words = query.get('q')?.toLowerCase() ?? '';
        const sort = query.get('sort') ?? '-recordedAt';
        const key = sort.endsWith('bytes')
          ? 'bytes'
          : sort.endsWith('durationSeconds')
            ? 'durationSeconds'
            : 'recordedAt';
        const found = [...world.videos.values()]
          .filter(({ title, streamerName }) => `${title} ${streamerName}`.toLowerCase().includes(words))
          .toSorted((left, right) => (left[key] < right[key] ? -1 : 1) * (sort.startsWith('-') ? -1 : 1));
        return page(found, query);
      },
    ],
    [
      'GET',
      /^\/api\/videos\/(\d+)$/,
      ([id = '']) => {
        const video = world.videos.get(Number(id));
        return video ? { body: video } : unknown('video');
      },
    ],
    ['GET', /^\/api\/audit\/events$/, (_, { query }) => ({ body: audit.events(query) })],
    ['GET', /^\/api\/audit\/events\/(\d+)$/, ([position = '']) => orUnknown(audit.event(position), 'event')],
    [
      'GET',
      /^\/api\/audit\/streams\/([^/]+)\/state$/,
      ([stream = ''], { query }) => orUnknown(audit.state(decodeURIComponent(stream), query.get('at')), 'stream'),
    ],
    [
      'GET',
      /^\/api\/audit\/streams\/([^/]+)\/diff$/,
      ([stream = ''], { query }) =>
        orUnknown(audit.diff(decodeURIComponent(stream), query.get('from'), query.get('to')), 'stream'),
    ],
    ['GET', /^\/api\/audit\/projections$/, () => ({ body: audit.projections() })],
    [
      'POST',
      /^\/api\/audit\/projections\/([^/]+)\/rebuild$/,
      ([name = '']) => ({ status: 202, body: audit.rebuild(name) }),
    ],
    [
      'POST',
      /^\/fake\/stall\/(\d+)$/,
      ([id = '']) => {
        world.stall(Number(id));
        return { body: {} };
      },
    ],
    [
      'POST',
      /^\/fake\/interrupt\/(\d+)\/(\d+)$/,
      ([id = '', seconds = '']) => {
        world.interrupt(Number(id), Number(seconds));
        return { body: {} };
      },
    ],
  ];

  function addStreamer(body: Record<string, unknown>): Answer {
    const { url, name, quality } = body;
    if (typeof url !== 'string' || !URL.canParse(url)) {
      const errors = [{ path: 'url', message: 'This is not an address. Paste the one that ends in .m3u8.' }];
      return problem(400, 'validation', 'Something is not right', 'Look at the fields.', { errors });
    }
    if ([...world.streamers.values()].some((streamer) => streamer.url === url))
      return problem(409, 'streamer.duplicate', 'It is there already', `A streamer with ${url} exists.`);
    const id = world.nextId();
    const streamer = aStreamer({
      id,
      url,
      name: typeof name === 'string' ? name : new URL(url).hostname,
      quality: typeof quality === 'string' ? quality : 'best',
    });
    world.streamers.set(id, streamer);
    world.append(`streamer-${id}`, 'StreamerAdded', { name: streamer.name, url }, 'api');
    return { status: 201, body: streamer };
  }

  function live(request: IncomingMessage, url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (name: string, data: unknown, id = ''): void => {
      response.write(`${id === '' ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const since = Number(request.headers['last-event-id'] ?? url.searchParams.get('lastEventId') ?? world.log.length);
    for (const event of world.log.slice(since)) send('event', event, event.position);
    send('caughtUp', {});
    const listener = (event: FakeWorld['log'][number]): void => send('event', event, event.position);
    world.listeners.add(listener);
    const timer = setInterval(() => {
      const recordings = world.progress();
      if (recordings.length > 0) send('progress', { recordings });
    }, 1000);
    response.on('close', () => {
      world.listeners.delete(listener);
      clearInterval(timer);
    });
  }

  const growing = setInterval(() => world.grow(), segmentSeconds * 1000);

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const path = url.pathname;
      if (path === '/api/live') return live(request, url, response);
      const file = mediaFile(path, media, world);
      if (file !== undefined)
        return file === null ? answer(response, unknown('file')) : sendFile(request, response, file);
      const playlist = /^\/api\/recordings\/(\d+)\/playlist\.m3u8$/.exec(path);
      if (playlist) return sendPlaylist(response, Number(playlist[1]), media, world);
      if (path.startsWith('/api') || path.startsWith('/fake') || path === '/health') {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
        for (const [method, pattern, handle] of routes) {
          const match = method === request.method ? pattern.exec(path) : null;
          if (match)
            return answer(response, handle(match.slice(1), { query: url.searchParams, body }) ?? unknown('thing'));
        }
        return answer(response, unknown('route'));
      }
      const wanted = join(dist, normalize(path));
      const found = wanted.startsWith(dist) && existsSync(wanted) && statSync(wanted).isFile();
      return sendFile(request, response, found ? wanted : join(dist, 'index.html'));
    })().catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    world,
    url: `http://127.0.0.1:${port}`,
    close: () => {
      clearInterval(growing);
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

/** A disk that fills as fast as the recordings write. */
function health(world: FakeWorld) {
  const bytesPerSecond = world.progress().reduce((sum, recording) => sum + recording.bytesPerSecond, 0);
  const freeBytes = 9_400_000_000;
  const disk = aDisk({
    level: 'warn',
    freeBytes,
    bytesPerSecond,
    secondsToFull: bytesPerSecond > 0 ? freeBytes / bytesPerSecond : null,
  });
  return { status: 'ok', version: '0.1.0', uptimeSeconds: 5, checks: { disk: { status: 'warn' } }, disks: [disk] };
}

function answer(response: ServerResponse, { status = 200, body }: Answer): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-correlation-id': 'c0ffee' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** undefined: the path is not one of media. null: it is, and there is no such file. */
function mediaFile(path: string, media: FakeMedia, world: FakeWorld): string | null | undefined {
  const segment = /^\/fake-media\/(segment-\d+\.ts)$/.exec(path)?.[1];
  if (segment !== undefined) return join(media.folder, segment);
  const video = /^\/api\/videos\/(\d+)\/(thumbnail|stream)$/.exec(path);
  if (!video) return undefined;
  const id = Number(video[1]);
  if (!world.videos.has(id)) return null;
  if (video[2] === 'stream') return media.mp4;
  return id % 5 === 0 ? null : (media.stills[id % media.stills.length] ?? null);
}

function sendPlaylist(response: ServerResponse, id: number, media: FakeMedia, world: FakeWorld): void {
  const recording = world.recordings.get(id);
  if (!recording?.playable) return answer(response, unknown('recording'));
  const count = Math.min(Math.round(recording.durationSeconds / segmentSeconds), media.segments.length);
  const start = Date.parse(recording.startedAt ?? recording.requestedAt);
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${segmentSeconds + 1}`,
    '#EXT-X-PLAYLIST-TYPE:EVENT',
  ];
  for (let index = 0; index < count; index += 1) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(start + index * segmentSeconds * 1000).toISOString()}`);
    lines.push(`#EXTINF:${segmentSeconds}.000,`, `/fake-media/${media.segments[index] ?? ''}`);
  }
  if (recording.endedAt !== null) lines.push('#EXT-X-ENDLIST');
  response.writeHead(200, { 'content-type': types['.m3u8'], 'cache-control': 'no-store' });
  response.end(`${lines.join('\n')}\n`);
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: string): void {
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range && range[2] !== '' ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': to - from + 1,
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  createReadStream(file, { start: from, end: to })
    .on('error', () => response.destroy())
    .pipe(response);
}

if (import.meta.main) {
  const flag = (name: string): string | undefined =>
    process.argv.find((argument) => argument.startsWith(`--${name}`))?.split('=')[1] ??
    (process.argv.includes(`--${name}`) ? '' : undefined);
  const { url } = await startFakeServer({ port: Number(flag('port') ?? 8010), empty: flag('empty') !== undefined });
  console.log(`The console with a fake server: ${url}`);
}
