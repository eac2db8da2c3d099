import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { fastify, type FastifyInstance } from 'fastify';
import { serveConsole } from './serve-console.js';

/** With the script of the real build. */
async function compress(folder: string): Promise<void> {
  const script = pathToFileURL(join(import.meta.dirname, '../../../../scripts/compress.mjs')).href;
  const lines = `import { compressFiles } from ${JSON.stringify(script)}; await compressFiles(process.argv[1]);`;
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', lines, folder]);
}

describe('the files of the console', () => {
  const index = `<!doctype html>${'<p>The console.</p>'.repeat(50)}`;
  const script = 'export const words = "the same again";\n'.repeat(100);
  let folder: string;
  let server: FastifyInstance;

  beforeAll(async () => {
    folder = `${await mkdtemp(join(tmpdir(), 'streamvault-console-'))}/`;
    await writeFile(`${folder}index.html`, index);
    await writeFile(`${folder}main-A1b2_C3d.js`, script);
    await writeFile(`${folder}tiny-A1b2_C3d.js`, '1');
    await writeFile(`${folder}theme-before-paint.js`, script);
    await compress(folder);
    server = fastify();
    await serveConsole(server, folder);
    server.get('/*', (_, reply) => reply.sendFile('index.html'));
  });
  afterAll(async () => {
    await server.close();
    await rm(folder, { recursive: true });
  });

  const get = (url: string, headers: Record<string, string> = {}) => server.inject({ url, headers });

  it.each([
    ['gzip, deflate, br, zstd', 'br', brotliDecompressSync],
    ['gzip, deflate', 'gzip', gunzipSync],
    ['br;q=0, gzip', 'gzip', gunzipSync],
  ] as const)('are sent in an accepted encoding: %s', async (accepted, encoding, unpack) => {
    const { headers, rawPayload } = await get('/main-A1b2_C3d.js', { 'accept-encoding': accepted });
    expect(headers).toMatchObject({
      'content-encoding': encoding,
      'content-type': expect.stringContaining('javascript'),
      'content-length': String(rawPayload.length),
      vary: expect.stringMatching(/accept-encoding/i),
    });
    expect(rawPayload.length).toBeLessThan(script.length / 10);
    expect(unpack(rawPayload).toString()).toBe(script);
  });

  it.each(['identity', 'gzip;q=0', ''])(
    'are sent unencoded to clients that accept nothing else: “%s”',
    async (accepted) => {
      const { headers, payload } = await get('/main-A1b2_C3d.js', { 'accept-encoding': accepted });
      expect(headers['content-encoding']).toBeUndefined();
      // A cache in between must not give one form to a client of the other.
      expect(headers.vary).toMatch(/accept-encoding/i);
      expect(payload).toBe(script);
    },
  );

  it('are cached for ever if the name contains a hash, and revalidated otherwise', async () => {
    for (const accepted of ['br', 'identity']) {
      const of = async (url: string) => (await get(url, { 'accept-encoding': accepted })).headers['cache-control'];
      expect(await of('/main-A1b2_C3d.js')).toBe('public, max-age=31536000, immutable');
      for (const url of ['/', '/index.html', '/recordings/3', '/theme-before-paint.js'])
        expect([url, await of(url)]).toEqual([url, 'no-cache']);
    }
  });

  it('are not sent again to clients that have them, each form with its own tag', async () => {
    const tags = new Set<string>();
    for (const accepted of ['br', 'gzip', 'identity']) {
      const first = await get('/recordings/3', { 'accept-encoding': accepted });
      const tag = String(first.headers.etag);
      tags.add(tag);
      const again = await get('/recordings/3', { 'accept-encoding': accepted, 'if-none-match': tag });
      expect([again.statusCode, again.rawPayload.length]).toEqual([304, 0]);
      expect(again.headers.vary).toMatch(/accept-encoding/i);
    }
    expect(tags.size).toBe(3);
  });

  it('exist only under their own name, and stay unencoded if compressing gains nothing', async () => {
    const packed = await get('/main-A1b2_C3d.js.br');
    expect(packed.payload).toBe(index);
    const { headers, payload } = await get('/tiny-A1b2_C3d.js', { 'accept-encoding': 'br, gzip' });
    expect([headers['content-encoding'], payload]).toEqual([undefined, '1']);
  });

  it('are missing before they are built', async () => {
    const other = fastify();
    expect(await serveConsole(other, `${folder}nowhere/`)).toBe(false);
    await other.close();
  });
});
