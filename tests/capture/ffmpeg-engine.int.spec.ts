import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  FfmpegCaptureEngine,
  recoverLedger,
  systemClock,
  type CaptureEnd,
  type CaptureRequest,
  type Clock,
  type FfmpegCaptureSettings,
} from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { H264, makeCoded } from '../live-origin/coded.js';
import { ledgerOf, Witness } from './capture-run.js';
import { FfmpegSource, freePort } from './ffmpeg-source.js';
import { finalized } from './finalized.js';
import { programsLike } from './programs-in-proc.js';

/** Several ffmpegs in real time on a busy machine: a bound against hanging, not an expectation. */
jest.setTimeout(180_000);

let folder: string;
const sources: FfmpegSource[] = [];
const stops: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'ffmpeg-engine-'));
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  for (const source of sources.splice(0)) {
    source.resume();
    await source.kill();
  }
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

function broadcast(...output: string[]): FfmpegSource {
  const source = new FfmpegSource(output);
  sources.push(source);
  return source;
}

interface Run {
  readonly witness: Witness;
  readonly end: Promise<CaptureEnd>;
  stop(): Promise<CaptureEnd>;
}

function capture(
  url: string,
  settings: Partial<FfmpegCaptureSettings> = {},
  more: object = {},
  clock: Clock = systemClock,
): Run {
  const witness = new Witness();
  const abort = new AbortController();
  const times = { sliceSeconds: 0.5, retryMinSeconds: 0.2, stallSeconds: 2, ...settings };
  const engine = new FfmpegCaptureEngine(times, undefined, clock);
  const source: CaptureRequest['source'] = { url, engine: 'ffmpeg', ...more };
  const request = { recordingId: 7, directory: recording(), source, quality: 'best' };
  const end = engine.capture(request, witness, abort.signal);
  end.catch(() => undefined);
  const stop = () => {
    abort.abort();
    return end;
  };
  stops.push(() => stop().catch(() => undefined));
  return { witness, end, stop };
}

const recording = () => path.join(folder, 'recording');

describe('a source over SRT', () => {
  const srt = (port: number) => `srt://127.0.0.1:${port}`;
  const send = (port: number) => broadcast('-f', 'mpegts', `${srt(port)}?mode=listener`);

  it('is recorded in slices that begin with key frames, and becomes a whole video', async () => {
    const port = await freePort();
    send(port);
    const { witness, stop } = capture(srt(port));
    await witness.segments(6);
    await expect(stop()).resolves.toEqual({ kind: 'stopped' });
    const ledger = await ledgerOf(recording());
    expect(ledger.parts).toHaveLength(1);
    expect(ledger.gaps).toEqual([]);
    for (const { durationSeconds, length } of ledger.segments.slice(0, -1)) {
      expect(durationSeconds).toBeGreaterThanOrEqual(0.4);
      expect(durationSeconds).toBeLessThan(2);
      expect(length % 188).toBe(0);
    }
    expect(witness.of('sourceOpened')[0]?.variant).toMatchObject({ width: 320, height: 180 });
    // Nothing was cut off at the end, and nothing more came after.
    expect((await recoverLedger(recording(), 7))?.cutPartBytes).toBe(0);
    const [video] = await finalized(recording());
    expect(video?.durationSeconds).toBeCloseTo(ledger.totals.durationSeconds, 0);
    expect(video?.probe.video).toMatchObject({ width: 320, height: 180 });
  });

  it('with a passphrase is recorded, and other users of the machine cannot see it', async () => {
    const port = await freePort();
    broadcast('-f', 'mpegts', `${srt(port)}?mode=listener&passphrase=hidden%2Bwords%201&pbkeylen=16`);
    const { witness, stop } = capture(srt(port), {}, { credentials: { passphrase: 'hidden+words 1' } });
    await witness.segments(4);
    const [program] = await programsLike(/-f.concat/);
    expect(`${program?.commandLine}${program?.environment}`).not.toMatch(/hidden|127\.0\.0\.1/);
    await stop();
    expect((await ledgerOf(recording())).gaps).toEqual([]);
    const [video] = await finalized(recording());
    expect(video?.probe.video).toMatchObject({ width: 320, height: 180 });
  });

  it.each(['mode=listener', 'mode=rendezvous', 'localport=9'])('is not accepted with %s', async (parameter) => {
    const end = await capture(`${srt(9)}?${parameter}`, { openAttempts: 1 }).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.unsupported' } });
  });

  it('that is killed continues in a new part when it is back, with a gap that says why', async () => {
    const port = await freePort();
    const first = send(port);
    const { witness, stop } = capture(srt(port), { stuckSeconds: 3 });
    await witness.segments(3);
    await first.kill();
    const { cause } = await witness.told('interrupted');
    expect(cause.message).toMatch(/\w+ \w+ \w+/);
    const before = (await ledgerOf(recording())).segments.length;
    send(port);
    await witness.told('resumed');
    await witness.segments(before + 3);
    await stop();
    const { parts, gaps, segments } = await ledgerOf(recording());
    expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
    expect(gaps).toHaveLength(1);
    expect(gaps[0]?.cause.code).toMatch(/^ffmpeg\./);
    expect(gaps[0]!.seconds).toBeGreaterThan(1);
    const starts = segments.map(({ startsAtMs }) => startsAtMs);
    expect(starts).toEqual(starts.toSorted((a, b) => a - b));
    const videos = await finalized(recording());
    expect(videos.reduce((sum, video) => sum + video.durationSeconds, 0)).toBeCloseTo(
      segments.reduce((sum, segment) => sum + segment.durationSeconds, 0),
      0,
    );
  });

  it('that falls silent is an interruption, and ffmpeg is not waited for without limit', async () => {
    const port = await freePort();
    const source = send(port);
    const { witness } = capture(srt(port), { stuckSeconds: 3 });
    await witness.segments(3);
    source.pause();
    await witness.told('interrupted');
    await witness.told('partClosed');
    source.resume();
  });

  it('continues where a stopped recording ended, as the same one', async () => {
    const port = await freePort();
    const first = send(port);
    const run = capture(srt(port));
    await run.witness.segments(2);
    await run.stop();
    await first.kill();
    const before = (await ledgerOf(recording())).segments.length;
    send(port);
    // A machine that starts both programs at once leaves no gap: a minute passes on the clock of the second capture.
    const aMinuteLater: Clock = { ...systemClock, now: () => Date.now() + 60_000 };
    const { witness, stop } = capture(srt(port), {}, {}, aMinuteLater);
    await witness.segments(before + 2);
    await stop();
    const { parts, segments, gaps } = await ledgerOf(recording());
    expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
    expect(segments.map(({ mediaSequence }) => mediaSequence)).toEqual(segments.map((_, index) => index));
    expect(gaps[0]?.cause.code).toBe('capture.was-away');
    expect(gaps[0]!.seconds).toBeGreaterThan(58);
  });
});

describe('a source over RTMP', () => {
  const rtmp = (port: number) => `rtmp://127.0.0.1:${port}/live/secret-key`;
  const send = (port: number) => broadcast('-f', 'flv', '-listen', '1', rtmp(port));
  const captureRtmp = (port: number, settings = {}) => capture(rtmp(port), { openAttempts: 20, ...settings });

  it('that hangs is started again by the watch over stalls', async () => {
    const port = await freePort('tcp');
    const first = send(port);
    const { witness, stop } = captureRtmp(port, { stuckSeconds: 3 });
    await witness.segments(3);
    first.pause();
    await witness.told('interrupted');
    await witness.told('partClosed');
    const before = (await ledgerOf(recording())).segments.length;
    await first.kill();
    send(port);
    await witness.told('resumed');
    await witness.segments(before + 2);
    await stop();
    const { gaps, parts, totals } = await ledgerOf(recording());
    expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
    expect(gaps.map(({ cause }) => cause.code)).toEqual(['ffmpeg.silent']);
    const videos = await finalized(recording());
    expect(videos.reduce((sum, video) => sum + video.durationSeconds, 0)).toBeCloseTo(totals.durationSeconds, 0);
  });
});

it('audio whose coding changes without notice in a table begins a part, and becomes one video', async () => {
  const audio = (rate: number) => `-c:a aac -b:a 64k -ar ${rate}`;
  const make = (name: string, rate: number, startSeconds: number) =>
    makeCoded(path.join(folder, name), { container: 'ts', seconds: 4, video: H264, audio: audio(rate), startSeconds });
  const takes = [await make('before', 48_000, 0), await make('after', 44_100, 4)];
  const stream = path.join(folder, 'stream.ts');
  await writeFile(stream, Buffer.concat(takes.flatMap(({ segments }) => segments.map(({ bytes }) => bytes))));
  const program = path.join(folder, 'ffmpeg');
  await writeFile(program, `#!/bin/sh\ncat '${stream}'\nsleep 60\n`);
  await chmod(program, 0o755);
  const { witness, stop } = capture('rtmp://127.0.0.1:1/x', { ffmpegPath: program });
  await witness.segments(7);
  await stop();
  expect((await ledgerOf(recording())).parts.map(({ reason }) => reason)).toEqual(['start', 'discontinuity']);
  expect((await finalized(recording())).map(({ probe }) => probe.audio?.sampleRate)).toEqual([48_000]);
});

describe('something that is not a source', () => {
  it('fails with what was in the way, without the secrets of the address', async () => {
    const url = 'rtmp://127.0.0.1:1/app/secret-key';
    const { end } = capture(url, { openAttempts: 2 });
    const ended = await end;
    expect(ended).toMatchObject({ kind: 'failed', cause: { code: 'source.unreachable' } });
    expect(JSON.stringify(ended)).toMatch(/refuses/);
    expect(JSON.stringify(ended)).not.toContain('secret-key');
  });

  it('fails when there is no ffmpeg', async () => {
    const ended = await capture('rtmp://127.0.0.1:1/x', { ffmpegPath: '/no/such/ffmpeg' }).end;
    expect(ended).toMatchObject({ kind: 'failed' });
  });

  it('that a page led to is not fetched from a private network', async () => {
    const ended = await capture('rtmp://127.0.0.1:1/x', { openAttempts: 1 }, { lookedUp: true }).end;
    expect(ended).toMatchObject({ kind: 'failed', cause: { message: expect.stringContaining('private network') } });
  });

  it('fails if the output is not a transport stream', async () => {
    const program = path.join(folder, 'ffmpeg');
    await writeFile(program, '#!/bin/sh\nhead -c 4000 /dev/zero\nsleep 60\n');
    await chmod(program, 0o755);
    const ended = await capture('rtmp://127.0.0.1:1/x', { ffmpegPath: program, openAttempts: 1 }).end;
    expect(ended).toMatchObject({ kind: 'failed', cause: { code: 'ffmpeg.bad-output' } });
  });
});

describe('a DASH manifest', () => {
  let server: Server;
  beforeEach(async () => {
    server = createServer((request, response) => {
      const file = path.join(folder, path.basename(new URL(request.url ?? '/', 'http://x').pathname));
      readFile(file).then(
        (body) => response.end(body),
        () => response.writeHead(404).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  it('that is complete is recorded to its end, and the recording ends with it', async () => {
    const options = '-t 5 -f dash -seg_duration 1 -use_template 1 -use_timeline 1';
    await broadcast(...options.split(' '), path.join(folder, 'live.mpd')).gone;
    const { port } = server.address() as AddressInfo;
    const { end } = capture(`http://127.0.0.1:${port}/live.mpd`);
    await expect(end).resolves.toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
    const [video] = await finalized(recording());
    expect(video?.probe.video).toMatchObject({ width: 320, height: 180 });
    expect(video!.durationSeconds).toBeCloseTo(5, 0);
    expect((await ledgerOf(recording())).ended).toBeDefined();
  });
});
