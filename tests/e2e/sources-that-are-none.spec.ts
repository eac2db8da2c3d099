import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StreamVault } from './support/stream-vault.js';
import { inThis, World } from './support/world.js';

const world = new World();
const showing = (test: () => Promise<void>) => () => inThis(world, test);
let server: StreamVault;

beforeAll(
  showing(async () => {
    server = await world.server({ FIRST_BYTES_SECONDS: '10' });
  }),
);
afterAll(() => world.close());

/** A streamer that is live, on the list, and not recorded. */
async function channel(name: string) {
  const origin = await world.origin({ pace: 1, window: 10 });
  return { origin, ...(await server.api.addStreamer({ url: origin.url, name, patienceSeconds: 0 })) };
}

describe('an unusable source', () => {
  const faults = [
    ['not there', { kind: 'status', status: 404 }, /404|not found|no such|does not exist/i],
    ['forbidden', { kind: 'status', status: 403 }, /403|refuse|not allowed|forbid/i],
    ['a web page', { kind: 'html' }, /page|HTML/i],
    ['some text', { kind: 'text', text: 'hello\n' }, /playlist/i],
    ['redirecting for ever', { kind: 'redirectLoop' }, /redirect/i],
    ['empty', { kind: 'text', text: '' }, /playlist|empty/i],
  ] as const;

  it.each(faults)(
    'fails with an explanation when it is %s, and can be retried once it is repaired',
    async (name, fault, words) =>
      inThis(world, async () => {
        const { id, origin } = await channel(`Source ${name}`);
        origin.faults.playlist(fault);
        const { recordingId } = await server.api.start(id);
        const { failure } = await server.api.reaches(recordingId, 'failed');
        expect(failure?.message).toMatch(words);
        expect(failure?.message).not.toMatch(/\bat .*\.js:|undefined|\[object|ECONN|ERR_/);
        expect(failure?.code).toMatch(/^[a-z-]+(\.[a-z-]+)+$/);
        const { activeRecordingId } = await server.api.streamer(id);
        expect(activeRecordingId).toBeNull();

        origin.faults.clear();
        expect(await server.api.retry(recordingId)).toMatchObject({ recordingId, streamerId: id });
        await server.api.reaches(recordingId, 'capturing');
        expect((await server.api.recording(recordingId)).failure).toBeNull();
        await server.api.stop(id);
        await server.api.reaches(recordingId, 'completed');
        expect(await server.api.refusal('POST', `/api/recordings/${recordingId}/retry`)).toMatchObject({ status: 409 });
      }),
  );

  it(
    'fails with an explanation when nothing listens there, and when its name is unknown',
    showing(async () => {
      const gone = await world.origin();
      const { url } = gone;
      await gone.close();
      for (const address of [url, 'http://no-such-host.invalid/live.m3u8']) {
        const { id } = await server.api.addStreamer({ url: address });
        const { recordingId } = await server.api.start(id);
        const { failure } = await server.api.reaches(recordingId, 'failed');
        expect(failure?.message).toMatch(/\w+ \w+ \w+/);
        expect(failure?.message).not.toMatch(/\bat .*\.js:|undefined|\[object/);
      }
    }),
  );

  it(
    'fails in time when it never answers, and another recording of the streamer cannot take its retry away',
    showing(async () => {
      const { id, origin } = await channel('Silent');
      origin.faults.playlist({ kind: 'silent' });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed', 60);
      expect(failure?.message).toMatch(/\w+ \w+ \w+/);
      origin.faults.clear();
      const other = await server.api.start(id);
      expect(await server.api.refusal('POST', `/api/recordings/${recordingId}/retry`)).toMatchObject({
        status: 409,
        code: 'recording.already-active',
        recordingId: other.recordingId,
      });
      await server.api.cancel(other.recordingId);
    }),
  );

  it(
    'ends the recording when the broadcast is over, without being stopped',
    showing(async () => {
      const { id, origin } = await channel('Ends by itself');
      const { recordingId } = await server.api.start(id);
      await server.api.reaches(recordingId, 'capturing');
      origin.end();
      await server.api.reaches(recordingId, 'completed');
      const ended = (await server.api.story(recordingId)).find(({ type }) => type === 'SourceEnded');
      expect(ended?.data).toMatchObject({ reason: 'endlist' });
      expect((await server.ledger(recordingId)).segments).toHaveLength(origin.segments().length);
    }),
  );
});

describe('a source with odd behaviour', () => {
  let odd: Server;
  let base: string;
  beforeAll(async () => {
    odd = createServer((request, response) => {
      if (request.url === '/endless.m3u8') {
        response.writeHead(200, { 'Content-Type': 'application/vnd.apple.mpegurl' });
        const more = setInterval(() => response.write(`#EXTM3U\n${'#'.repeat(1 << 20)}`), 1);
        response.on('close', () => clearInterval(more));
        return;
      }
      if (request.url === '/file.m3u8') {
        response.end('#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\nfile:///etc/passwd\n');
        return;
      }
      response.writeHead(302, { Location: 'file:///etc/passwd' }).end();
    });
    await new Promise<void>((resolve) => odd.listen(0, '127.0.0.1', resolve));
    base = `http://127.0.0.1:${(odd.address() as AddressInfo).port}`;
  });
  afterAll(async () => {
    odd.closeAllConnections();
    await new Promise((resolve) => odd.close(resolve));
  });

  it.each([
    ['an endless playlist', '/endless.m3u8'],
    ['segments that are files of the server', '/file.m3u8'],
    ['a redirect to a file of the server', '/redirect.m3u8'],
  ])('fails with an explanation: %s', (_, path) =>
    inThis(world, async () => {
      const { id } = await server.api.addStreamer({ url: base + path });
      const { recordingId } = await server.api.start(id);
      const { failure } = await server.api.reaches(recordingId, 'failed', 60);
      expect(failure?.message).toMatch(/\w+ \w+ \w+/);
      expect(failure?.message).not.toMatch(/root:|\bat .*\.js:|undefined/);
    }),
  );
});
