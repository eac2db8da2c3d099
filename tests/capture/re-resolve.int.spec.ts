import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readRuns, type CaptureSource, type RefreshReason } from '@streamvault/capture';
import { SourceUnavailable } from '@streamvault/platforms';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { PlaybackFront } from '../fake-twitch/playback-front.js';
import { LiveOrigin, SMALL, SMALLER, type LiveOriginOptions } from '../live-origin/live-origin.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';

let folder: string;
let origin: LiveOrigin;
let front: PlaybackFront;
let run: CaptureRun | undefined;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 're-resolve-'));
  front = await PlaybackFront.start();
});
afterEach(async () => {
  await run?.stop().catch(() => undefined);
  run = undefined;
  await Promise.all([front.close(), origin.close()]);
  await rm(folder, { recursive: true, force: true });
});

async function live(options: LiveOriginOptions = {}): Promise<void> {
  origin = await LiveOrigin.start({ mediaSeconds: 40, ...options });
}

/** A platform that gives another session at each request. */
class Platform {
  readonly asked: RefreshReason[] = [];
  failure: SourceUnavailable | undefined;

  constructor(private readonly more: (session: string) => Partial<CaptureSource> = () => ({})) {}

  find(): CaptureSource {
    const session = front.open(origin);
    return { url: `${session}/master.m3u8`, ...this.more(session) };
  }

  capture(options: { quality?: string; rate?: number } = {}): CaptureRun {
    run = new CaptureRun({
      directory: folder,
      url: '',
      ...options,
      source: {
        ...this.find(),
        refresh: (reason) => {
          this.asked.push(reason);
          return this.failure === undefined ? Promise.resolve(this.find()) : Promise.reject(this.failure);
        },
      },
    });
    return run;
  }
}

const published = () => origin.segments().map(({ sha256 }) => sha256);

async function untilAllIsStored(): Promise<void> {
  await run?.witness.segments(origin.segments().length);
}

describe('a source that is refused in the middle', () => {
  it.each([401, 403, 404])(
    'with %d is found again and continues in the same recording, without a loss',
    async (status) => {
      await live({ initial: 4 });
      const platform = new Platform();
      const { witness } = platform.capture();
      await untilAllIsStored();
      front.refuse(status);
      origin.advance(2);
      await untilAllIsStored();
      origin.advance();
      origin.end();
      await expect(run?.end).resolves.toEqual({ kind: 'ended', reason: 'endlist' });
      expect(await storedHashes(folder)).toEqual(published());
      expect(readRuns(await ledgerOf(folder))).toHaveLength(1);
      expect((await ledgerOf(folder)).gaps).toEqual([]);
      expect(platform.asked).toEqual(['refused']);
      expect(witness.of('sourceOpened').map(({ again }) => again)).toEqual([undefined, 'refused']);
    },
  );

  it('loses no segment that was planned under the old address', async () => {
    await live({ initial: 3, window: 12 });
    const platform = new Platform();
    platform.capture();
    await untilAllIsStored();
    // The playlist still lists them under the old session while their bodies are refused already.
    origin.faults.segments({ kind: 'slow', milliseconds: 150 });
    origin.advance(5);
    await origin.requested(/\.m3u8/);
    await origin.requested(/\.ts/);
    front.refuse();
    await untilAllIsStored();
    origin.end();
    await run?.end;
    expect(await storedHashes(folder)).toEqual(published());
    expect((await ledgerOf(folder)).gaps).toEqual([]);
  });

  it('continues in the quality it had, also if a better one has appeared', async () => {
    await live({ initial: 3, profiles: [SMALLER] });
    const platform = new Platform();
    const { witness } = platform.capture();
    await untilAllIsStored();
    const better = await LiveOrigin.start({ mediaSeconds: 40, initial: 3, profiles: [SMALL, SMALLER] });
    const worse = origin;
    try {
      origin = better;
      front.refuse();
      const opened = await witness.told('sourceOpened', 2);
      expect(opened.variant).toMatchObject({ height: SMALLER.height });
    } finally {
      await worse.close();
    }
  });

  it('is looked up repeatedly while its platform does not know it, and says why nothing comes', async () => {
    await live({ initial: 3 });
    const platform = new Platform();
    const { witness } = platform.capture();
    await untilAllIsStored();
    platform.failure = new SourceUnavailable('offline', 'The channel is offline.');
    front.refuse();
    const { cause } = await witness.told('interrupted');
    expect(cause).toEqual({ code: 'source.offline', message: 'The channel is offline.' });
    expect(platform.asked.length).toBeGreaterThan(1);
    platform.failure = undefined;
    origin.advance();
    await untilAllIsStored();
    expect(await storedHashes(folder)).toEqual(published());
  });

  it('that works after all is read further if there is no other address', async () => {
    await live({ initial: 3 });
    const platform = new Platform();
    platform.capture();
    await untilAllIsStored();
    platform.failure = new SourceUnavailable('timeout', 'Nobody answers.');
    const asked = origin.requested();
    origin.faults.playlist({ kind: 'status', status: 404 });
    await asked;
    origin.faults.clear();
    origin.advance();
    await untilAllIsStored();
    expect(front.sessions).toBe(1);
    expect(await storedHashes(folder)).toEqual(published());
  });
});

describe('an address that expires', () => {
  // Ten times as fast, in seconds of the capture's time.
  const rate = 10;
  const inSeconds = (seconds: number) => new Date(Date.now() + seconds * 1000);

  it.each([
    ['the platform', (end: Date) => ({ expiresAt: end.toISOString() })],
    [
      'the address',
      (end: Date, url: string) => ({ url: `${url}/master.m3u8?exp=${Math.floor(end.getTime() / 1000)}` }),
    ],
  ])('as %s says is renewed in time, and never refused', async (_, more) => {
    await live({ initial: 3, pace: rate });
    let lives = 30;
    const platform = new Platform((session) => more(inSeconds(lives), session));
    const { witness } = platform.capture({ rate });
    await witness.told('sourceOpened');
    lives = 36_000;
    const renewed = await witness.told('sourceOpened', 2);
    expect(renewed.again).toBe('expiring');
    const first = witness.of('sourceOpened')[0]!;
    const after = (Date.parse(renewed.at) - Date.parse(first.at)) / 1000;
    expect(after).toBeGreaterThan(15);
    expect(after).toBeLessThan(30);
    expect(platform.asked).toEqual(['expiring']);
    expect(front.requests.filter(({ status }) => status !== 200)).toEqual([]);
    expect(witness.of('gap')).toEqual([]);
  });

  it('is used further if it could not be renewed in time', async () => {
    await live({ initial: 3, pace: rate });
    const platform = new Platform(() => ({ expiresAt: inSeconds(20).toISOString() }));
    const { witness } = platform.capture({ rate });
    platform.failure = new SourceUnavailable('timeout', 'Nobody answers.');
    const before = origin.segments().length;
    await witness.segments(before + 30);
    expect(platform.asked.length).toBeGreaterThan(1);
    expect(new Set(platform.asked)).toEqual(new Set(['expiring']));
    expect(front.sessions).toBe(1);
    expect(witness.of('interrupted')).toEqual([]);
  });
});
