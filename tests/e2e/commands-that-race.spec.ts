import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RecordingAnswer } from '@streamvault/api-contract';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;

beforeAll(
  showing(async () => {
    server = await world.server();
  }),
);
afterAll(() => world.close());

/** A streamer that is live, on the list, and not recorded. */
async function channel(name: string) {
  const origin = await world.origin({ pace: 1, window: 10 });
  return { origin, ...(await server.api.addStreamer({ url: origin.url, name })) };
}

describe('starting and stopping', () => {
  it(
    'lets one of two simultaneous starts win, and tells the other which recording it is',
    showing(async () => {
      const { id } = await channel('Two starts');
      const path = `/api/recording/start/${id}`;
      const answers = await Promise.all([1, 2, 3, 4].map(() => server.api.request('POST', path)));
      const winners = answers.filter(({ status }) => status === 200);
      expect(winners).toHaveLength(1);
      const { recordingId } = winners[0]!.json as RecordingAnswer;
      for (const { status, json } of answers.filter((answer) => !winners.includes(answer)))
        expect({ status, json }).toMatchObject({
          status: 409,
          json: { code: 'recording.already-active', recordingId },
        });
      expect((await server.api.recordings(`?streamerId=${id}`)).items).toHaveLength(1);
      // Later on too.
      await server.api.reaches(recordingId, 'capturing');
      expect(await server.api.refusal('POST', path)).toMatchObject({ code: 'recording.already-active', recordingId });

      const stops = await Promise.all([1, 2, 3].map(() => server.api.stop(id)));
      expect(stops).toEqual(stops.map(() => ({ recordingId, streamerId: id, state: 'finalizing' })));
      await server.api.reaches(recordingId, 'completed');
      expect(await server.api.stop(id)).toEqual(stops[0]);
      const story = await server.api.story(recordingId);
      expect(story.filter(({ type }) => type === 'StopRequested')).toHaveLength(1);
    }),
  );

  it(
    'stops while it is starting: nothing was captured, nothing is left open',
    showing(async () => {
      const { id, origin } = await channel('Stop while starting');
      origin.faults.playlist({ kind: 'silent' });
      const asked = origin.requested();
      const { recordingId } = await server.api.start(id);
      await asked;
      expect((await server.api.recording(recordingId)).state).toBe('starting');
      const first = await server.api.stop(id);
      const { failure, videoId } = await server.api.reaches(recordingId, 'cancelled');
      expect(videoId).toBeNull();
      expect(failure?.message).toMatch(/\w+ \w+/);
      expect(await server.api.stop(id)).toEqual(first);
      // And the streamer can be recorded again.
      origin.faults.clear();
      const again = await server.api.start(id);
      expect(again.recordingId).not.toBe(recordingId);
      await server.api.reaches(again.recordingId, 'capturing');
      await server.api.cancel(again.recordingId);
      await server.api.reaches(again.recordingId, 'cancelled');
    }),
  );

  it(
    'stops immediately after its start',
    showing(async () => {
      const { id } = await channel('In one breath');
      const [started, stopped] = await Promise.all([
        server.api.start(id),
        server.api.request('POST', `/api/recording/stop/${id}`),
      ]);
      // The stop came before there was anything to stop, or it stopped what had been started.
      if (stopped.status === 409) await server.api.stop(id);
      else expect([stopped.status, (stopped.json as RecordingAnswer).recordingId]).toEqual([200, started.recordingId]);
      await server.api.reaches(started.recordingId, ['completed', 'cancelled']);
    }),
  );

  it(
    'refuses to stop what was never recorded',
    showing(async () => {
      const { id } = await channel('Never recorded');
      expect(await server.api.refusal('POST', `/api/recording/stop/${id}`)).toMatchObject({
        status: 409,
        code: 'recording.not-active',
      });
    }),
  );

  it(
    'does not remove a streamer while it is recorded',
    showing(async () => {
      const { id } = await channel('Busy');
      const { recordingId } = await server.api.start(id);
      expect(await server.api.refusal('DELETE', `/api/streamers/${id}`)).toMatchObject({ status: 409 });
      await server.api.reaches(recordingId, 'capturing');
      await server.api.stop(id);
      await server.api.reaches(recordingId, 'completed');
      expect((await server.api.request('DELETE', `/api/streamers/${id}`)).status).toBe(204);
      expect((await server.api.refusal('GET', `/api/streamers/${id}`)).status).toBe(404);
      // What was recorded stays.
      expect((await server.api.recording(recordingId)).streamerName).toBe('Busy');
    }),
  );
});

describe('an unknown id', () => {
  const routes: readonly (readonly [string, (id: string) => string, object?])[] = [
    ['POST', (id) => `/api/recording/start/${id}`],
    ['POST', (id) => `/api/recording/stop/${id}`],
    ['GET', (id) => `/api/streamers/${id}`],
    ['PATCH', (id) => `/api/streamers/${id}`, { name: 'Another' }],
    ['DELETE', (id) => `/api/streamers/${id}`],
    ['GET', (id) => `/api/recordings/${id}`],
    ['GET', (id) => `/api/recordings/${id}/events`],
    ['GET', (id) => `/api/recordings/${id}/playlist.m3u8`],
    ['GET', (id) => `/api/recordings/${id}/parts/1.ts`],
    ['POST', (id) => `/api/recordings/${id}/cancel`],
    ['POST', (id) => `/api/recordings/${id}/retry`],
    ['POST', (id) => `/api/recordings/${id}/steps/thumbnail/retry`],
    ['GET', (id) => `/api/videos/${id}`],
    ['GET', (id) => `/api/videos/${id}/thumbnail`],
    ['GET', (id) => `/api/videos/${id}/stream`],
  ];
  const ids = ['424242', '0', '-1', '1.5', '9007199254740993', 'abc', '%00', '1%2F2', ' '];

  it.each(routes.map(([method, path, body]) => [`${method} ${path(':id')}`, method, path, body] as const))(
    'is a 404: %s',
    async (_, method, path, body) => {
      for (const id of ids) {
        const answer = await server.api.request(method, path(encodeURI(id)), body && { body });
        expect([id, answer.status]).toEqual([id, 404]);
      }
    },
  );

  it('is a 404 to HEAD', async () => {
    for (const path of ['/api/videos/424242/thumbnail', '/api/videos/424242/stream'])
      expect((await server.api.request('HEAD', path)).status).toBe(404);
  });
});

describe('an idempotency key', () => {
  it(
    'gives the first answer again, also to several at once, and refuses another request',
    showing(async () => {
      const { id } = await channel('Once');
      const path = `/api/recording/start/${id}`;
      const headers = { 'Idempotency-Key': 'start-once' };
      const answers = await Promise.all([1, 2, 3].map(() => server.api.request('POST', path, { headers })));
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200]);
      expect(new Set(answers.map(({ bytes }) => bytes.toString())).size).toBe(1);
      const again = await server.api.request('POST', path, { headers });
      expect(again.bytes.toString()).toBe(answers[0]!.bytes.toString());
      const { id: other } = await channel('Other');
      expect(await server.api.refusal('POST', `/api/recording/start/${other}`, { headers })).toMatchObject({
        status: 409,
      });
      expect((await server.api.streamer(other)).activeRecordingId).toBeNull();
      await server.api.stop(id);
    }),
  );

  it(
    'makes an addition happen once, and survives a restart',
    showing(async () => {
      const headers = { 'Idempotency-Key': 'add-once' };
      const add = (url: string) => server.api.request('POST', '/api/streamers', { headers, body: { url } });
      const first = await add('http://127.0.0.1:9/once.m3u8');
      expect(first.status).toBe(201);
      await server.restart();
      const again = await add('http://127.0.0.1:9/once.m3u8');
      expect([again.status, again.json]).toEqual([201, first.json]);
      expect((await add('http://127.0.0.1:9/twice.m3u8')).status).toBe(409);
    }),
  );

  it(
    'gives a refusal again too',
    showing(async () => {
      const headers = { 'Idempotency-Key': 'refused-once' };
      const first = await server.api.refusal('POST', '/api/recording/start/424242', { headers });
      expect(await server.api.refusal('POST', '/api/recording/start/424242', { headers })).toEqual(first);
      expect(first.status).toBe(404);
    }),
  );

  it.each(['', 'x'.repeat(256)])('of %p is refused', async (key) => {
    const { status } = await server.api.request('POST', '/api/recording/stop/424242', {
      headers: { 'Idempotency-Key': key },
    });
    expect([400, 404]).toContain(status);
  });
});
