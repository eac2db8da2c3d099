import { afterAll, describe, expect, it } from '@jest/globals';
import { nobody, setPrincipal } from '@streamvault/http-kit';
import fastify from 'fastify';
import { gunzipSync, gzipSync } from 'node:zlib';
import { sendPlaylist } from './send-playlist.js';

const text = `#EXTM3U\n${Array.from({ length: 100 }, (_, number) => `#EXTINF:6,\n#EXT-X-BYTERANGE:${number}\nparts/1.ts\n`).join('')}`;
let current = text;
let signature = '';
const server = fastify();
server.get('/playlist.m3u8', (request, reply) => {
  setPrincipal(request, { ...nobody, signature });
  sendPlaylist(request, reply, { text: () => current, gzip: () => gzipSync(current) });
});
afterAll(() => server.close());

const ask = (headers: Record<string, string> = {}) => server.inject({ url: '/playlist.m3u8', headers });

describe('a playlist', () => {
  it.each(['gzip', 'br, gzip;q=0.5', '*'])('is compressed for who takes it: %s', async (accepted) => {
    const { headers, rawPayload } = await ask({ 'accept-encoding': accepted });
    expect(headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'Accept-Encoding' });
    expect(gunzipSync(rawPayload).toString()).toBe(text);
  });

  it.each(['', 'br', 'gzip;q=0', 'identity, gzip;q=0.0'])('is sent as it is to who does not: %s', async (accepted) => {
    const { headers, body } = await ask({ 'accept-encoding': accepted });
    expect(headers['content-encoding']).toBeUndefined();
    expect(body).toBe(text);
  });

  it('is not sent again while it is the same', async () => {
    const { headers } = await ask({ 'accept-encoding': 'gzip' });
    const again = await ask({ 'if-none-match': String(headers['etag']) });
    expect([again.statusCode, again.body]).toEqual([304, '']);
    current = `${text}#EXTINF:6,\n#EXT-X-BYTERANGE:7\nparts/1.ts\n`;
    expect((await ask({ 'if-none-match': String(headers['etag']) })).statusCode).toBe(200);
    current = text;
  });

  it('leads to addresses that are signed like its own', async () => {
    signature = 'exp=1&sig=abc';
    const { rawPayload } = await ask({ 'accept-encoding': 'gzip' });
    expect(gunzipSync(rawPayload).toString()).toContain('\nparts/1.ts?exp=1&sig=abc\n');
    signature = '';
  });
});
