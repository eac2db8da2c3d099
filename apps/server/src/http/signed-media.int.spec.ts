import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import type { CreatedShare, OpenedShare } from '@streamvault/api-contract';
import { videoAdded } from '@streamvault/library/events';
import type { EventOf } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { allButTheDate, own, setUp } from './access-server.testing.js';
import { openWholeServer, type WholeServer } from './whole-server.testing.js';

const bytes = Buffer.from(Array.from({ length: 600_000 }, (_, index) => index % 251));
const hour = 3_600_000;

let folder: string;
let server: WholeServer;
let administrator: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'streamvault-signed-'));
  server = await openWholeServer(folder);
  administrator = await setUp(server.app, folder);
  await mkdir(join(folder, 'recordings/Ferry'), { recursive: true });
  await writeFile(join(folder, 'recordings/Ferry/Evening.mp4'), bytes);
  const now = new Date().toISOString();
  const data: EventOf<typeof videoAdded>['data'] = {
    videoId: 1,
    recordingId: 1,
    outputNumber: 1,
    streamerId: 1,
    streamerName: 'Ferry',
    title: 'Evening',
    category: null,
    recordedAt: now,
    durationSeconds: 60,
    bytes: bytes.length,
    width: null,
    height: null,
    codecs: null,
    file: 'Ferry/Evening.mp4',
    thumbnailFile: 'Ferry/Evening.jpg',
    gaps: [],
    chapters: [],
    at: now,
  };
  const id = randomUUID();
  const metadata = { commandId: id, correlationId: id, causationId: id, actor: 'test', now };
  const { registry, store, projections } = server.runtime;
  await store.append('video-1', [registry.toNewEvent({ type: 'VideoAdded', data }, metadata)], 'no_stream');
  expect(await projections.waitForNonStale(60_000)).toBe(true);
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const asked = (path: string, init: RequestInit = {}) => fetch(`${server.address}${path}`, init);

async function post<Answer>(path: string, body: object): Promise<Answer> {
  const { origin } = new URL(server.address);
  const headers = { ...own(administrator), origin, 'content-type': 'application/json' };
  const answer = await asked(path, { method: 'POST', headers, body: JSON.stringify(body) });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Answer;
}

/** As a player does that was given the link of a share: it follows where that leads. */
async function addressOfShare(body: object): Promise<{ id: string; address: string }> {
  const { id, url } = await post<CreatedShare>('/api/shares', { videoId: 1, ...body });
  const token = url.split('/s/')[1]!;
  const opened = await post<OpenedShare>('/api/shares/open', { token });
  const led = await asked(`/s/${token}`, { redirect: 'manual', headers: { accept: '*/*' } });
  expect([led.status, led.headers.get('location')?.split('?')[0]]).toEqual([302, opened.fileUrl!.split('?')[0]]);
  return { id, address: led.headers.get('location')! };
}

/** The server may take a second to notice: that is how long it believes what it has just checked. */
async function refusal(address: string): Promise<Response> {
  for (;;) {
    const answer = await asked(address, { headers: { range: 'bytes=500000-' } });
    if (answer.status !== 206) return answer;
    await answer.arrayBuffer();
  }
}

describe('the address that a share link leads a player to', () => {
  it('tells size and type when asked for them, and sends ranges as the file has them', async () => {
    const { address } = await addressOfShare({});
    const head = await asked(address, { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length'), head.headers.get('content-type')]).toEqual([
      200,
      '600000',
      'video/mp4',
    ]);
    expect(head.headers.get('accept-ranges')).toBe('bytes');
    const middle = await asked(address, { headers: { range: 'bytes=100000-199999' } });
    expect([middle.status, middle.headers.get('content-range')]).toEqual([206, 'bytes 100000-199999/600000']);
    expect(Buffer.from(await middle.arrayBuffer()).equals(bytes.subarray(100_000, 200_000))).toBe(true);
    const last = await asked(address, { headers: { range: 'bytes=-10' } });
    expect([...new Uint8Array(await last.arrayBuffer())]).toEqual([...bytes.subarray(-10)]);
    const beyond = await asked(address, { headers: { range: 'bytes=600000-' } });
    expect([beyond.status, beyond.headers.get('content-range')]).toEqual([416, 'bytes */600000']);
    // Not with a bit of it changed.
    const forged = await asked(address.replace('/1/', '/2/'), { method: 'HEAD' });
    expect(forged.status).toBe(403);
  });

  it.each(['expired', 'revoked'] as const)(
    'is refused with a reason once it has %s, in the middle of a playback',
    async (how) => {
      const expiresAt = new Date(Date.now() + hour).toISOString();
      const { id, address } = await addressOfShare(how === 'expired' ? { expiresAt } : {});
      const first = await asked(address, { headers: { range: 'bytes=0-499999' } });
      expect([first.status, (await first.arrayBuffer()).byteLength]).toEqual([206, 500_000]);
      if (how === 'expired') jest.useFakeTimers({ now: Date.now() + hour + 1000, doNotFake: [...allButTheDate] });
      else {
        const { origin } = new URL(server.address);
        await asked(`/api/shares/${id}`, { method: 'DELETE', headers: { cookie: administrator, origin } });
      }
      try {
        const refused = await refusal(address);
        expect([refused.status, refused.headers.get('content-type')]).toEqual([
          403,
          expect.stringContaining('application/problem+json'),
        ]);
        expect(await refused.json()).toMatchObject({ code: 'share.over' });
        expect((await asked(address, { method: 'HEAD' })).status).toBe(403);
      } finally {
        jest.useRealTimers();
      }
    },
  );
});
