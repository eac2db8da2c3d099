import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { FfmpegCaptureEngine, type CaptureEnd, type CaptureRequest } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { ledgerOf, Witness } from './capture-run.js';
import { programsLike } from './programs-in-proc.js';
import { RtspSource } from './ffmpeg-rtsp-source.js';
import { finalized } from './finalized.js';

/** Several ffmpegs in real time on a busy machine: a bound against hanging, not an expectation. */
jest.setTimeout(180_000);

let folder: string;
let witness: Witness;
const cameras: RtspSource[] = [];
const stops: (() => Promise<unknown>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'rtsp-'));
  witness = new Witness();
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  for (const camera of cameras.splice(0)) await camera.kill();
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
});

async function camera(...how: Parameters<typeof RtspSource.start>): Promise<RtspSource> {
  const camera = await RtspSource.start(...how);
  cameras.push(camera);
  return camera;
}

/** @returns a function that stops it */
function capture(
  url: string,
  more: Partial<CaptureRequest['source']> = {},
  openAttempts = 20,
): (() => Promise<CaptureEnd>) & { readonly end: Promise<CaptureEnd> } {
  const engine = new FfmpegCaptureEngine({
    sliceSeconds: 0.5,
    retryMinSeconds: 0.2,
    stallSeconds: 2,
    stuckSeconds: 4,
    openAttempts,
  });
  const abort = new AbortController();
  const request = {
    recordingId: 7,
    directory: folder,
    source: { url, engine: 'ffmpeg', ...more },
    quality: 'best',
  } as const;
  const end = engine.capture(request, witness, abort.signal);
  const stop = () => {
    abort.abort();
    return end;
  };
  stops.push(() => stop().catch(() => undefined));
  return Object.assign(stop, { end });
}

describe('a camera over RTSP', () => {
  it.each([
    ['AAC, which is copied', 'aac', 44_100],
    ['G.711, which no transport stream carries, and is made into AAC', 'pcmu', 8000],
  ] as const)('is recorded with video and audio, also if that is %s', async (_, sound, sampleRate) => {
    const { url } = await camera(sound);
    const stop = capture(url);
    await witness.segments(6);
    await expect(stop()).resolves.toEqual({ kind: 'stopped' });
    const { parts, gaps, totals } = await ledgerOf(folder);
    expect(parts.map(({ reason, signature }) => [reason, signature])).toEqual([
      ['start', expect.stringMatching(new RegExp(`^h264:320x180:[^+]+\\+aac@2:${sampleRate}:1$`))],
    ]);
    expect(gaps).toEqual([]);
    // Looking for how to ask is not a fault of the source.
    expect(witness.of('interrupted')).toEqual([]);
    const [video, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(video?.durationSeconds).toBeCloseTo(totals.durationSeconds, 0);
    expect(video?.probe).toMatchObject({ video: { codec: 'h264', width: 320 }, audio: { codec: 'aac', sampleRate } });
  });

  it.each(['is gone', 'hangs'])(
    'that %s continues in a new part when it is back, with a gap that says why',
    async (how) => {
      const first = await camera();
      const stop = capture(first.url);
      await witness.segments(3);
      if (how === 'hangs') first.pause();
      else await first.kill();
      await witness.told('interrupted');
      await witness.told('partClosed');
      const before = (await ledgerOf(folder)).segments.length;
      const { port } = first;
      await first.kill();
      await camera('aac', port);
      await witness.segments(before + 3);
      await stop();
      const { parts, gaps, totals } = await ledgerOf(folder);
      expect(parts.map(({ reason }) => reason)).toEqual(['start', 'restart']);
      expect(gaps.map(({ cause }) => cause.code)).toEqual([how === 'hangs' ? 'ffmpeg.silent' : 'ffmpeg.ended']);
      const videos = await finalized(folder);
      expect(videos.reduce((sum, video) => sum + video.durationSeconds, 0)).toBeCloseTo(totals.durationSeconds, 0);
    },
  );

  const login = { user: 'me', password: 'hidden:wörd' };

  it.each(['basic', 'digest', 'digest with qop'] as const)(
    'that asks for a login (%s) gets it, and other users of the machine do not',
    async (scheme) => {
      const source = await camera();
      source.login = { scheme, ...login };
      const stop = capture(source.url, { credentials: login });
      await witness.segments(2);
      const [program] = await programsLike(/-rtsp_transport/);
      expect(program?.commandLine).toMatch(/rtsp:\/\/127\.0\.0\.1:\d+\/source/);
      expect(`${program?.commandLine}${program?.environment}`).not.toMatch(/hidden|camera/);
      await stop();
      const told = JSON.stringify(witness.facts) + (await readFile(path.join(folder, 'ledger.jsonl'), 'utf8'));
      expect(told).not.toContain('hidden');
      expect((await ledgerOf(folder)).parts).toHaveLength(1);
    },
  );

  it.each([
    ['none', undefined, /requires a user and a password/],
    ['the wrong one', { user: 'me', password: 'hidden' }, /does not accept/],
  ])('says that it requires a login, if %s is given', async (_, credentials, words) => {
    const source = await camera();
    source.login = { scheme: 'digest', ...login };
    const end = await capture(source.url, { ...(credentials && { credentials }) }, 1).end;
    expect(end).toMatchObject({
      kind: 'failed',
      cause: { code: 'source.login-refused', message: expect.stringMatching(words) },
    });
    expect(JSON.stringify(end)).not.toContain('hidden');
  });

  it('that redirects to another in its own network is followed there, without the login', async () => {
    const source = await camera();
    const first = await camera();
    first.movedTo = source.url.replace('/camera', '/elsewhere');
    capture(first.url, { credentials: login });
    await witness.segments(2);
    expect(witness.of('interrupted')).toEqual([]);
  });

  it.each(['rtsp://10.9.9.9:554/x', 'rtsp://169.254.169.254/x', 'http://127.0.0.1/x'])(
    'does not lead from outside to %s',
    async (inside) => {
      const source = await camera();
      source.movedTo = inside;
      // Allowed hosts count as being outside.
      const end = await capture(source.url, {}, 1).end;
      expect(end).toMatchObject({
        kind: 'failed',
        cause: { code: expect.stringMatching(/^source\.(private-address|bad-redirect)$/) },
      });
    },
  );
});
