import { createDecipheriv, createHash } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import { LiveOrigin, SMALL, SMALLER, type LiveOriginOptions } from './live-origin.js';

let origin: LiveOrigin | undefined;
afterEach(async () => {
  await origin?.close();
  origin = undefined;
});

const start = async (options: LiveOriginOptions = {}): Promise<LiveOrigin> =>
  (origin = await LiveOrigin.start({ mediaSeconds: 40, ...options }));
const read = async (url: string) => (await fetch(url)).text();
const addresses = (playlist: string) => playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe.each(['ts', 'fmp4'] as const)('a live origin of %s', (container) => {
  it('serves the bytes it says it publishes, in a window that slides', async () => {
    const live = await start({ container, window: 3 });
    const before = await read(live.url);
    live.advance(2);
    const after = await read(live.url);
    expect(before).toContain('#EXT-X-MEDIA-SEQUENCE:0');
    expect(after).toContain('#EXT-X-MEDIA-SEQUENCE:2');
    const hashes = await Promise.all(
      addresses(after).map(async (address) => {
        const body = await (await fetch(new URL(address, live.url))).arrayBuffer();
        return createHash('sha256').update(Buffer.from(body)).digest('hex');
      }),
    );
    expect(hashes).toEqual(
      live
        .segments()
        .slice(2)
        .map((segment) => segment.sha256),
    );
    expect(new Set(hashes).size).toBe(3);
  });

  it('names its init section if it has one', async () => {
    const live = await start({ container });
    expect((await read(live.url)).includes('#EXT-X-MAP')).toBe(container === 'fmp4');
  });
});

describe('a live origin', () => {
  it('dates its segments without a break', async () => {
    const live = await start();
    live.advance(4);
    const times = live.segments().map((segment) => segment.programDateTimeMs);
    expect(times.slice(1).every((time, index) => time - (times[index] ?? 0) === 1000)).toBe(true);
  });

  it('drops segments after they left the window, and ends when told', async () => {
    const live = await start({ window: 2, kept: 1 });
    const first = new URL(addresses(await read(live.url))[0] ?? '', live.url);
    live.advance();
    expect((await fetch(first)).status).toBe(200);
    live.advance();
    expect((await fetch(first)).status).toBe(404);
    live.end();
    expect(await read(live.url)).toContain('#EXT-X-ENDLIST');
  });

  it('offers its variants in a master playlist', async () => {
    const live = await start({ profiles: [SMALL, SMALLER] });
    expect(addresses(await read(live.url))).toEqual(['180p.m3u8', '120p.m3u8']);
    expect(live.segments('120p')[0]?.sha256).not.toBe(live.segments('180p')[0]?.sha256);
  });

  it('starts again after a discontinuity when its media ends', async () => {
    const live = await start({ window: 3 });
    live.advance(38);
    expect(live.segments().filter((segment) => segment.discontinuity)).toMatchObject([{ index: 40, mediaIndex: 0 }]);
    expect(await read(live.url)).toContain('#EXT-X-DISCONTINUITY\n');
  });

  it('shows advertising between two discontinuities, and continues the show after it', async () => {
    const live = await start({ window: 20 });
    live.broadcast.showAds(4);
    live.advance(6);
    const marked = live.segments().filter(({ ad }) => ad !== undefined);
    expect(marked.map(({ index }) => index)).toEqual([20, 21, 22, 23]);
    expect(live.segments().filter(({ discontinuity }) => discontinuity)).toMatchObject([{ index: 20 }, { index: 24 }]);
    expect(live.segments().at(-1)?.mediaIndex).toBe(25);
    expect(await read(live.url)).toContain(
      `CLASS="twitch-stitched-ad",START-DATE="${marked[0]?.programDateTime}",DURATION=4.000`,
    );
    live.advance(30);
    expect(await read(live.url)).not.toContain('DATERANGE');
  });

  it.each(['id', 'open', 'title', 'pods'] as const)('marks advertising by %s', async (mark) => {
    const live = await start({ window: 40 });
    live.broadcast.showAds(20, { mark });
    live.advance(20);
    const playlist = await read(live.url);
    expect(playlist.match(/EXTINF:1.000,Amazon/g)?.length ?? 0).toBe(mark === 'title' ? 20 : 0);
    expect(playlist.match(/stitched-ad/g)?.length ?? 0).toBe({ id: 1, open: 1, title: 0, pods: 2 }[mark]);
    expect(playlist.includes('END-DATE')).toBe(mark === 'id');
    live.advance();
    expect((await read(live.url)).includes('END-DATE')).toBe(mark === 'id' || mark === 'open');
  });

  it('fails as told, and no longer', async () => {
    const live = await start();
    live.faults.playlist({ kind: 'status', status: 503 });
    expect((await fetch(live.url)).status).toBe(503);
    live.faults.playlist();
    const playlist = await read(live.url);
    live.faults.segments({ kind: 'truncated' }, [0], 1);
    const segment = new URL(addresses(playlist)[0] ?? '', live.url);
    await expect(fetch(segment).then((answer) => answer.arrayBuffer())).rejects.toThrow();
    expect((await (await fetch(segment)).arrayBuffer()).byteLength).toBe(live.segments()[0]?.bytes);
    live.faults.playlist({ kind: 'frozen' });
    live.advance(3);
    expect(await read(live.url)).toBe(playlist);
  });

  it('changes its key every few segments', async () => {
    const live = await start({ keys: { every: 2, vector: 'by number' } });
    const playlist = await read(live.url);
    expect(playlist.match(/#EXT-X-KEY:METHOD=AES-128,URI="keys\/\d"/g)).toHaveLength(3);
    const key = Buffer.from(await (await fetch(new URL('/keys/1', live.url))).arrayBuffer());
    const vector = Buffer.alloc(16);
    vector.writeUInt32BE(2, 12);
    const decipher = createDecipheriv('aes-128-cbc', key, vector);
    const body = await (await fetch(new URL(addresses(playlist)[2] ?? '', live.url))).arrayBuffer();
    const plain = Buffer.concat([decipher.update(Buffer.from(body)), decipher.final()]);
    expect(createHash('sha256').update(plain).digest('hex')).toBe(live.segments()[2]?.sha256);
  });

  it('shows the same segments under other numbers, names and in another order', async () => {
    const live = await start({ changingPaths: true, window: 3 });
    const before = await read(live.url);
    live.broadcast.renumber(1000);
    live.broadcast.list((segments) => segments.toReversed());
    const after = await read(live.url);
    expect(before).toContain('#EXT-X-MEDIA-SEQUENCE:0\n');
    expect(after).toContain('#EXT-X-MEDIA-SEQUENCE:1000\n');
    expect(addresses(before)).toEqual(['180p/r1/00000.ts', '180p/r1/00001.ts', '180p/r1/00002.ts']);
    expect(addresses(after)).toEqual(['180p/r2/00002.ts', '180p/r2/00001.ts', '180p/r2/00000.ts']);
    expect((await fetch(new URL(addresses(after)[0] ?? '', live.url))).status).toBe(200);
  });

  it.each(['reset', 'truncated', 'announcesMore', 'unannounced', 'empty'] as const)(
    'fails a body: %s',
    async (kind) => {
      const live = await start();
      live.faults.segments({ kind }, [0], 1);
      const [first] = addresses(await read(live.url));
      const length = await fetch(new URL(first ?? '', live.url))
        .then(async (answer) => (await answer.arrayBuffer()).byteLength)
        .catch(() => 0);
      expect(length).toBeLessThan(live.segments()[0]?.bytes ?? 0);
    },
  );
});
