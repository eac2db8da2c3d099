import { createCipheriv, createHash } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SMALL } from '../live-origin/live-origin.js';
import { makeMedia, type Media } from '../live-origin/media.js';
import { CaptureRun, storedHashes } from './capture-run.js';
import { finalized } from './finalized.js';
import { overPlaylist, PageServer } from './page-server.js';

const SEGMENTS = 4;
const FIRST = 70;

let sources: Record<'ts' | 'fmp4', Media>;
let folder: string;
let server: PageServer;

beforeAll(async () => {
  const request = { profile: SMALL, segmentSeconds: 1, seconds: 40 } as const;
  sources = {
    ts: await makeMedia({ ...request, container: 'ts' }),
    fmp4: await makeMedia({ ...request, container: 'fmp4' }),
  };
});
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'encrypted-'));
  server = new PageServer();
  await server.open();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const keyCalled = (name: string): Buffer => createHash('md5').update(name).digest();
const vector = (number: number): Buffer => Buffer.from(number.toString(16).padStart(32, '0'), 'hex');
const attribute = (number: number): string => `IV=0x${vector(number).toString('hex')}`;

function encrypted(body: Buffer, key: string, iv: number): Buffer {
  const cipher = createCipheriv('aes-128-cbc', keyCalled(key), vector(iv));
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

const bytesOf = ({ directory }: Media, file = 'init.mp4'): Promise<Buffer> => readFile(path.join(directory, file));

/** Puts the first segments of the source on the server, each passed through `protect`. */
async function publish(source: Media, protect: (body: Buffer, index: number) => Buffer): Promise<void> {
  for (const [index, { file }] of source.segments.slice(0, SEGMENTS).entries()) {
    server.put(`/${index}`, protect(await bytesOf(source, file), index));
  }
  for (const key of ['one', 'two']) server.put(`/${key}`, keyCalled(key));
}

function playlist(head: readonly string[], before: (index: number) => readonly string[] = () => []): void {
  const segments = Array.from({ length: SEGMENTS }, (_, index) => [...before(index), String(index)]);
  server.put('/live.m3u8', overPlaylist([`#EXT-X-MEDIA-SEQUENCE:${FIRST}`, ...head], segments));
}

const capture = () => new CaptureRun({ directory: folder, url: server.address('/live.m3u8') }).end;
const hashes = ({ segments }: Media) => segments.slice(0, SEGMENTS).map(({ sha256 }) => sha256);

/** It is recorded as it was before encryption, and becomes a video. */
async function expectWhole(source: Media): Promise<void> {
  expect(await capture()).toMatchObject({ kind: 'ended' });
  expect(await storedHashes(folder)).toEqual(hashes(source));
  const [video, ...others] = await finalized(folder);
  expect(others).toEqual([]);
  expect(video?.durationSeconds).toBeCloseTo(SEGMENTS, 0);
  expect([video?.probe.video?.codec, video?.probe.audio?.codec]).toEqual(['h264', 'aac']);
}

describe('a source that encrypts fMP4 with AES-128', () => {
  it('is decrypted by sequence number after a plain init section', async () => {
    await publish(sources.fmp4, (body, index) => encrypted(body, 'one', FIRST + index));
    server.put('/init', await bytesOf(sources.fmp4));
    playlist(['#EXT-X-MAP:URI="init"', '#EXT-X-KEY:METHOD=AES-128,URI="one"']);
    await expectWhole(sources.fmp4);
  });

  it('is decrypted with its init section, and with the next key from there on', async () => {
    await publish(sources.fmp4, (body, index) => encrypted(body, index < 2 ? 'one' : 'two', index < 2 ? 5 : 6));
    server.put('/init', encrypted(await bytesOf(sources.fmp4), 'one', 5));
    playlist([`#EXT-X-KEY:METHOD=AES-128,URI="one",${attribute(5)}`, '#EXT-X-MAP:URI="init"'], (index) =>
      index === 2 ? [`#EXT-X-KEY:METHOD=AES-128,URI="two",${attribute(6)}`] : [],
    );
    await expectWhole(sources.fmp4);
    expect(server.asked.filter((name) => ['/one', '/two', '/init'].includes(name)).toSorted()).toEqual([
      '/init',
      '/one',
      '/two',
    ]);
  });

  it('may leave the init section plain although a key precedes it', async () => {
    await publish(sources.fmp4, (body, index) => encrypted(body, 'one', FIRST + index));
    server.put('/init', await bytesOf(sources.fmp4));
    playlist(['#EXT-X-KEY:METHOD=AES-128,URI="one"', '#EXT-X-MAP:URI="init"']);
    await expectWhole(sources.fmp4);
  });

  it('fails if the init section is encrypted and its vector is missing', async () => {
    await publish(sources.fmp4, (body, index) => encrypted(body, 'one', FIRST + index));
    server.put('/init', encrypted(await bytesOf(sources.fmp4), 'one', 0));
    playlist(['#EXT-X-KEY:METHOD=AES-128,URI="one"', '#EXT-X-MAP:URI="init"']);
    const cause = { code: 'source.encrypted', message: expect.stringContaining('vector') };
    expect(await capture()).toMatchObject({ kind: 'failed', cause });
  });
});

describe.each(['ts', 'fmp4'] as const)('an encrypted source of %s', (container) => {
  const map = async (): Promise<string[]> => {
    if (container === 'ts') return [];
    server.put('/init', await bytesOf(sources.fmp4));
    return ['#EXT-X-MAP:URI="init"'];
  };

  it('that offers its key in several formats is decrypted with the plain one', async () => {
    await publish(sources[container], (body, index) => encrypted(body, 'one', FIRST + index));
    const other = '#EXT-X-KEY:METHOD=AES-128,URI="skd://one",KEYFORMAT="com.example",KEYFORMATVERSIONS="1"';
    playlist([...(await map()), '#EXT-X-KEY:METHOD=AES-128,URI="one"', other]);
    await expectWhole(sources[container]);
  });

  it('whose body breaks off without notice is fetched again', async () => {
    const source = sources[container];
    await publish(source, (body, index) => encrypted(body, 'one', FIRST + index));
    const whole = encrypted(await bytesOf(source, source.segments[1]!.file), 'one', FIRST + 1);
    let asked = 0;
    server.pages['/1'] = (_, response) => {
      asked += 1;
      // Only the end of the connection ends the body. Cut off within a block, and within a packet or box.
      response.writeHead(200, { Connection: 'close', 'Transfer-Encoding': 'identity' });
      response.end(asked === 1 ? whole.subarray(0, 16 * 188 * 3 + 5) : whole);
    };
    playlist([...(await map()), '#EXT-X-KEY:METHOD=AES-128,URI="one"']);
    await expectWhole(source);
    expect(asked).toBe(2);
  });

  it('with the wrong key fails, and says that it is the key', async () => {
    await publish(sources[container], (body, index) => encrypted(body, 'one', FIRST + index));
    playlist([...(await map()), '#EXT-X-KEY:METHOD=AES-128,URI="two"']);
    const cause = { code: 'segment.not-media', message: expect.stringMatching(/the key that the playlist gives/) };
    expect(await capture()).toMatchObject({ kind: 'failed', cause });
  });
});

describe('a source that is protected', () => {
  it.each([
    [
      'by rights management',
      'METHOD=SAMPLE-AES-CTR,KEYFORMAT="urn:uuid:EDEF8BA9-79D6-4ACE-A3C8-27DCD51D21ED"',
      'Widevine',
    ],
    ['by that of Apple', 'METHOD=SAMPLE-AES,URI="skd://x",KEYFORMAT="com.apple.streamingkeydelivery"', 'FairPlay'],
    ['by one that nobody knows', 'METHOD=AES-128,URI="https://x.example/",KEYFORMAT="x"', 'digital rights management'],
    ['sample by sample', 'METHOD=SAMPLE-AES,URI="one"', 'SAMPLE-AES'],
    ['with a key that is nowhere', 'METHOD=AES-128', 'where the key is'],
  ])('%s fails at once, and says so', async (_, key, word) => {
    await publish(sources.ts, (body) => body);
    playlist([`#EXT-X-KEY:${key}`]);
    const cause = { code: 'source.encrypted', message: expect.stringContaining(word) };
    expect(await capture()).toMatchObject({ kind: 'failed', cause });
    expect(server.asked).toEqual(['/live.m3u8']);
  });

  it('within its fragments, without a hint in the playlist, fails and says so', async () => {
    await publish(sources.fmp4, (body) => body);
    const init = await bytesOf(sources.fmp4);
    init.write('encv', init.indexOf('avc1', init.indexOf('stsd')), 'latin1');
    server.put('/init', init);
    playlist(['#EXT-X-MAP:URI="init"']);
    const cause = { code: 'source.encrypted', message: expect.stringContaining('CENC') };
    expect(await capture()).toMatchObject({ kind: 'failed', cause });
  });
});
