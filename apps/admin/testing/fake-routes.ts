import type { FakeAudit } from './fake-audit.ts';
import { type FakeWorld, at } from './fake-world.ts';
import { aDisk, aStreamer, theLifecycle } from './fixtures.ts';

export type Answer = { status?: number; body: unknown };
type Handler = (
  parts: string[],
  request: { query: URLSearchParams; body: Record<string, unknown> },
) => Answer | undefined;

const problem = (status: number, code: string, title: string, detail: string, more: object = {}): Answer => ({
  status,
  body: { type: `urn:streamvault:${code}`, title, status, detail, code, instance: '/', ...more },
});
export const unknown = (what: string): Answer =>
  problem(404, `${what}.unknown`, `There is no such ${what}`, `No ${what} has this id.`);

const orUnknown = (body: object | undefined, what: string): Answer => (body === undefined ? unknown(what) : { body });

type Route = readonly [method: string, pattern: RegExp, handler: Handler];

/** What the stand-in answers to. A test checks it against the OpenAPI document of the server. */
export function fakeRoutes(world: FakeWorld, audit: FakeAudit): readonly Route[] {
  const demoId = 99;

  const page = (items: readonly unknown[], query: URLSearchParams) => {
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 50);
    const next = from + limit < items.length ? String(from + limit) : null;
    return { items: items.slice(from, from + limit), nextCursor: next };
  };

  const routes: readonly Route[] = [
    ['GET', /^\/health$/, () => ({ body: health(world) })],
    ['GET', /^\/api\/session$/, () => ({ body: theSession })],
    ['GET', /^\/api\/setup$/, () => ({ body: { required: false, codeNeeded: false } })],
    ['GET', /^\/api\/queue$/, () => ({ body: { items: [] } })],
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
    ['GET', /^\/api\/streamers$/, (_, { query }) => ({ body: page([...world.streamers.values()], query) })],
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
        const newestFirst = found.toSorted((left, right) => right.requestedAt.localeCompare(left.requestedAt));
        return { body: page(newestFirst, query) };
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
        const { state = recording.state } = world.recordings.get(recording.id) ?? {};
        return { body: { recordingId: recording.id, streamerId: recording.streamerId, state } };
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
        const total = { videos: found.length, bytes: found.reduce((sum, { bytes }) => sum + bytes, 0) };
        return { body: { ...page(found, query), total } };
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

  return routes;
}

/** Somebody who may do everything that the console offers. */
const theSession = {
  user: {
    id: 1,
    name: 'ada',
    role: 'administrator',
    disabled: false,
    streamerIds: null,
    hasPassword: true,
    createdAt: at(-86_400),
    lastSeenAt: at(0),
  },
  permissions: [
    'streamers.view',
    'streamers.change',
    'recordings.view',
    'recordings.control',
    'queue.view',
    'live.view',
    'videos.view',
    'videos.watch',
    'videos.download',
    'videos.change',
    'videos.delete',
    'videos.purge',
    'audit.view',
    'audit.rebuild',
    'system.view',
    'settings.read',
  ],
  expiresAt: null,
};

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
