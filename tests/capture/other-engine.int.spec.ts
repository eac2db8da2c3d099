import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import {
  BROADCAST_OVER,
  CaptureEngines,
  FfmpegCaptureEngine,
  HlsCaptureEngine,
  type CaptureEnd,
} from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { findFfmpeg } from '../live-origin/media.js';
import { ledgerOf, Witness } from './capture-run.js';

const run = promisify(execFile);

let folder: string;
let server: Server;
let engines: CaptureEngines;
let answers: Record<string, (response: ServerResponse) => void>;
let asked: string[];
let stop: AbortController;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'other-engine-'));
  stop = new AbortController();
  answers = {};
  asked = [];
  server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://x');
    asked.push(pathname);
    const answer = answers[pathname];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const ffmpegPath = await findFfmpeg();
  engines = new CaptureEngines({
    hls: new HlsCaptureEngine({ retryMinSeconds: 0.01, retryMaxSeconds: 0.05, stallSeconds: 1 }),
    ffmpeg: new FfmpegCaptureEngine({ ffmpegPath, sliceSeconds: 0.5, retryMinSeconds: 0.1 }),
  });
});
afterEach(async () => {
  stop.abort();
  server.closeAllConnections();
  await engines.close();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

const directory = () => path.join(folder, 'recording');

function capture(at: string, engine?: 'hls' | 'ffmpeg') {
  const witness = new Witness();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${at}`;
  const source = { url, ...(engine && { engine }) };
  const request = { recordingId: 7, directory: directory(), source, quality: 'best' };
  const end: Promise<CaptureEnd> = engines.capture(request, witness, stop.signal);
  end.catch(() => undefined);
  return { witness, end };
}

async function media(name: string, format: readonly string[], seconds = 4): Promise<Buffer> {
  const file = path.join(folder, name);
  const input = `-f lavfi -i testsrc2=size=320x180:rate=30:duration=${seconds} -f lavfi -i sine=duration=${seconds} -shortest -c:v libx264 -preset ultrafast -g 15 -pix_fmt yuv420p -c:a aac`;
  await run(await findFfmpeg(), ['-v', 'error', ...input.split(' '), ...format, file]);
  return readFile(file);
}

const list = (...lines: string[]) => ['#EXTM3U', '#EXT-X-TARGETDURATION:1', ...lines, ''].join('\n');
const text = (body: string) => (response: ServerResponse) => void response.end(body);

describe('the content of an address decides, whatever its name', () => {
  it.each([
    ['FLV over HTTP', 'live.flv', ['-f', 'flv']],
    ['a transport stream', 'live.ts', ['-f', 'mpegts']],
    ['radio', 'radio.aac', ['-vn', '-f', 'adts']],
  ])('%s that never ends is recorded', async (_kind, name, format) => {
    const body = await media(name, format, 20);
    answers['/live.m3u8'] = (response) => void response.write(body);
    const { end, witness } = capture('/live.m3u8');
    await witness.segments(4);
    stop.abort();
    expect(await end).toEqual({ kind: 'stopped' });
    expect((await ledgerOf(directory())).totals.durationSeconds).toBeGreaterThan(1.5);
  });

  it('a DASH manifest is read as one, and refused as one', async () => {
    answers['/live.m3u8'] = text(
      '<?xml version="1.0"?><MPD type="dynamic"><Period><AdaptationSet contentType="video"><ContentProtection schemeIdUri="x"/><Representation id="v"/></AdaptationSet></Period></MPD>',
    );
    await expect(capture('/live.m3u8').end).resolves.toMatchObject({
      kind: 'failed',
      cause: { code: 'source.encrypted' },
    });
    expect(asked).toEqual(['/live.m3u8', '/live.m3u8']);
  });

  it('a playlist is read where a manifest was expected', async () => {
    answers['/0.ts'] = (response) => void response.end(body);
    const body = await media('a.ts', ['-f', 'mpegts']);
    answers['/live.mpd'] = text(list('#EXTINF:4.0,', '0.ts', '#EXT-X-ENDLIST'));
    await expect(capture('/live.mpd', 'ffmpeg').end).resolves.toEqual({
      kind: 'ended',
      reason: 'endlist',
      wasOver: true,
    });
    expect((await ledgerOf(directory())).segments).toHaveLength(1);
  });
});

describe('a playlist', () => {
  it('whose best variant is refused is recorded in the next one', async () => {
    const body = await media('a.ts', ['-f', 'mpegts']);
    answers['/0.ts'] = (response) => void response.end(body);
    answers['/low.m3u8'] = text(list('#EXTINF:4.0,', '0.ts', '#EXT-X-ENDLIST'));
    const variant = (height: number, name: string) =>
      `#EXT-X-STREAM-INF:BANDWIDTH=${height},RESOLUTION=1x${height}\n${name}`;
    answers['/master.m3u8'] = text(`#EXTM3U\n${variant(720, 'high.m3u8')}\n${variant(180, 'low.m3u8')}\n`);
    const { end, witness } = capture('/master.m3u8');
    expect(await end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
    expect(witness.of('sourceOpened')[0]?.variant.height).toBe(180);
  });

  it('that is cut in the middle of an address is fetched again, and that segment with it', async () => {
    const body = await media('a.ts', ['-f', 'mpegts']);
    for (const name of ['a-1.ts', 'a-2.ts']) answers[`/${name}`] = (response) => void response.end(body);
    const whole = list('#EXTINF:4.0,', 'a-1.ts', '#EXTINF:4.0,', 'a-2.ts', '#EXT-X-ENDLIST');
    const cut = whole.slice(0, whole.indexOf('2.ts'));
    const loads = [cut, whole];
    answers['/live.m3u8'] = (response) => void response.end(loads.shift() ?? whole);
    await expect(capture('/live.m3u8').end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
    const { gaps, segments } = await ledgerOf(directory());
    expect(segments.map(({ mediaSequence }) => mediaSequence)).toEqual([0, 1]);
    expect(gaps).toEqual([]);
    expect(asked).not.toContain('/a-');
  });

  it('that uses variables in its addresses is read with their values', async () => {
    const body = await media('a.ts', ['-f', 'mpegts']);
    answers['/cdn/0.ts'] = (response) => void response.end(body);
    const define = '#EXT-X-DEFINE:NAME="where",VALUE="/cdn"';
    answers['/master.m3u8'] = text(`#EXTM3U\n${define}\n#EXT-X-STREAM-INF:BANDWIDTH=1\nlist.m3u8?n=0\n`);
    answers['/list.m3u8'] = text(
      list(
        '#EXT-X-DEFINE:IMPORT="where"',
        '#EXT-X-DEFINE:QUERYPARAM="n"',
        '#EXTINF:4.0,',
        '{$where}/{$n}.ts',
        '#EXT-X-ENDLIST',
      ),
    );
    await expect(capture('/master.m3u8').end).resolves.toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
  });

  it('that is a decompression bomb is refused at no cost', async () => {
    const bomb = gzipSync(Buffer.alloc(300 << 20, '#EXTM3U\n'));
    answers['/live.m3u8'] = (response) => {
      response.setHeader('content-encoding', 'gzip');
      response.end(bomb);
    };
    const before = process.cpuUsage();
    await expect(capture('/live.m3u8').end).resolves.toMatchObject({ cause: { code: 'source.too-large' } });
    const { system, user } = process.cpuUsage(before);
    expect(system + user).toBeLessThan(3_000_000);
  });

  it('that was silent until it was stopped leaves a gap up to there', async () => {
    const body = await media('a.ts', ['-f', 'mpegts']);
    answers['/0.ts'] = (response) => void response.end(body);
    answers['/live.m3u8'] = text(list('#EXTINF:1.0,', '0.ts'));
    const { end, witness } = capture('/live.m3u8');
    await witness.segments(1);
    delete answers['/live.m3u8'];
    await witness.interrupted('source.not-found');
    stop.abort();
    expect(await end).toEqual({ kind: 'stopped' });
    const [gap, ...others] = (await ledgerOf(directory())).gaps;
    expect(others).toEqual([]);
    expect(gap).toMatchObject({ cause: { code: 'source.not-found' } });
    expect(gap?.seconds).toBeGreaterThan(1);
  });

  it('that was silent until its broadcast was taken to be over does not', async () => {
    const body = await media('a.ts', ['-f', 'mpegts']);
    answers['/0.ts'] = (response) => void response.end(body);
    answers['/live.m3u8'] = text(list('#EXTINF:1.0,', '0.ts'));
    const { end, witness } = capture('/live.m3u8');
    await witness.interrupted();
    stop.abort(BROADCAST_OVER);
    await end;
    expect((await ledgerOf(directory())).gaps).toEqual([]);
  });
});
