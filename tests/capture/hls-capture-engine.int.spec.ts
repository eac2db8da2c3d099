import { copyFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { playlistFromLedger, readRuns } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveOrigin, SMALL, SMALLER, type LiveOriginOptions } from '../live-origin/live-origin.js';
import { CaptureRun, ledgerOf, storedHashes, type CaptureRunOptions } from './capture-run.js';

let folder: string;
let origin: LiveOrigin;
const runs: CaptureRun[] = [];

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
});
afterEach(async () => {
  await Promise.allSettled(runs.splice(0).map((run) => run.stop()));
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

async function live(options: LiveOriginOptions = {}): Promise<LiveOrigin> {
  origin = await LiveOrigin.start({ mediaSeconds: 40, ...options });
  return origin;
}

function capture(options: Partial<CaptureRunOptions> = {}): CaptureRun {
  const run = new CaptureRun({ directory: folder, ...options, url: options.url ?? origin.url });
  runs.push(run);
  return run;
}

const published = (from = 0, to?: number) =>
  origin
    .segments()
    .slice(from, to)
    .map((segment) => segment.sha256);

/** Publishes segments one by one, each after the previous one was stored. */
async function broadcast(run: CaptureRun, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1) {
    await run.witness.segments(origin.segments().length);
    origin.advance();
  }
}

it.each(['has ended', 'goes on'])(
  'a list that is too long to be planned at once is stored whole, if it %s',
  async (how) => {
    await live({ initial: 12, window: 20 });
    if (how === 'has ended') origin.end();
    const run = capture({ settings: { plannedSegments: 4 } });
    if (how === 'goes on') {
      await broadcast(run, 5);
      origin.end();
    }
    expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', ...(how === 'has ended' && { wasOver: true }) });
    expect(await storedHashes(folder)).toEqual(published());
    expect((await ledgerOf(folder)).gaps).toEqual([]);
  },
);

describe.each(['ts', 'fmp4'] as const)('capturing %s', (container) => {
  it('stores every segment of the source once and in order, from the oldest to the end', async () => {
    await live({ container });
    const run = capture();
    await broadcast(run, 12);
    origin.end();
    expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist' });
    expect(await storedHashes(folder)).toEqual(published());
    const ledger = await ledgerOf(folder);
    expect(ledger.ended).toBeDefined();
    expect(ledger.parts).toHaveLength(1);
    expect(ledger.gaps).toEqual([]);
    expect(ledger.totals.durationSeconds).toBe(origin.segments().length);
    expect(ledger.segments.map((segment) => segment.programDateTime)).toEqual(
      origin.segments().map((segment) => segment.programDateTime),
    );
    expect(run.witness.facts.map((fact) => fact.kind)).toEqual(['sourceOpened', 'partOpened', 'partClosed']);
  });

  it('continues where it was stopped, inside the window, without a break in the run', async () => {
    await live({ container });
    const first = capture();
    await broadcast(first, 5);
    expect(await first.stop()).toEqual({ kind: 'stopped' });
    origin.advance(3);
    const second = capture();
    await second.witness.segments(origin.segments().length);
    await broadcast(second, 3);
    origin.end();
    await second.end;
    expect(await storedHashes(folder)).toEqual(published());
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.map((part) => part.reason)).toEqual(['start', 'restart']);
    expect(ledger.gaps).toEqual([]);
    expect(readRuns(ledger)).toHaveLength(1);
    expect(second.witness.of('partOpened').map((fact) => fact.number)).toEqual([1, 2]);
    expect(playlistFromLedger(ledger, { partUri: (part) => part.file })).not.toContain('DISCONTINUITY');
  });

  it('continues from what a killed process left behind', async () => {
    await live({ container });
    const killed = capture();
    await broadcast(killed, 4);
    // The disk's present content is what a kill would leave. The ledger is copied first, so that parts may only be
    // longer.
    const left = await mkdtemp(path.join(tmpdir(), 'capture-'));
    try {
      const names = (await readdir(folder)).toSorted(
        (a, b) => Number(b === 'ledger.jsonl') - Number(a === 'ledger.jsonl'),
      );
      for (const name of names) await copyFile(path.join(folder, name), path.join(left, name));
      await killed.stop();
      origin.advance(2);
      const resumed = capture({ directory: left });
      await resumed.witness.segments(origin.segments().length);
      origin.end();
      await resumed.end;
      expect(await storedHashes(left)).toEqual(published());
      expect((await ledgerOf(left)).gaps).toEqual([]);
    } finally {
      await rm(left, { recursive: true, force: true });
    }
  });

  it('opens a new part if a discontinuity changes the video, and none otherwise', async () => {
    await live({ container, alternate: SMALLER });
    const run = capture();
    await broadcast(run, 1);
    origin.broadcast.breakTimeline();
    await broadcast(run, 2);
    origin.broadcast.breakTimeline({ to: 3, alternate: true });
    await broadcast(run, 3);
    origin.end();
    await run.end;
    expect(await storedHashes(folder)).toEqual(published());
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.map((part) => part.reason)).toEqual(['start', 'discontinuity']);
    expect(ledger.parts.map((part) => /\d+x\d+/.exec(part.signature)?.[0])).toEqual(['320x180', '214x120']);
    const found = readRuns(ledger);
    expect(found).toHaveLength(3);
    expect(found[0]?.signature).toBe(found[1]?.signature);
    expect(playlistFromLedger(ledger, { partUri: (part) => part.file }).match(/DISCONTINUITY/g)).toHaveLength(2);
  });

  it.each([
    ['breaks off half-way', { kind: 'truncated' }],
    ['stalls half-way', { kind: 'stalled' }],
    ['is refused by a server in trouble', { kind: 'status', status: 502 }],
    ['is answered with a web page', { kind: 'html' }],
  ] as const)('finally has a complete segment that %s', async (_, fault) => {
    await live({ container });
    const run = capture({ settings: { idleTimeoutSeconds: 0.3 } });
    await broadcast(run, 1);
    origin.faults.segments(fault, [7, 9], 1);
    await broadcast(run, 4);
    origin.end();
    await run.end;
    expect(await storedHashes(folder)).toEqual(published());
    expect((await ledgerOf(folder)).gaps).toEqual([]);
  });

  it('records a segment that is never fetched as a gap, with its time and cause', async () => {
    await live({ container });
    origin.faults.segments({ kind: 'status', status: 404 }, [3, 4]);
    const run = capture();
    await run.witness.told('gap');
    origin.end();
    await run.end;
    const hashes = published();
    expect(await storedHashes(folder)).toEqual([...hashes.slice(0, 3), ...hashes.slice(5)]);
    const ledger = await ledgerOf(folder);
    expect(ledger.gaps).toMatchObject([
      {
        from: origin.segments()[3]?.programDateTime,
        to: origin.segments()[5]?.programDateTime,
        seconds: 2,
        cause: { code: 'source.not-found' },
      },
    ]);
    expect(readRuns(ledger)).toHaveLength(2);
    expect(run.witness.of('gap')).toHaveLength(1);
  });
});

describe('a capture that comes back too late', () => {
  it('records what left the window meanwhile as one gap', async () => {
    await live();
    const first = capture();
    await first.witness.segments(6);
    await first.stop();
    origin.advance(10);
    const second = capture();
    const gap = await second.witness.told('gap');
    expect(gap).toMatchObject({
      from: origin.segments()[6]?.programDateTime,
      to: origin.segments()[10]?.programDateTime,
      seconds: 4,
      cause: { code: 'capture.was-away' },
    });
    await second.witness.segments(12);
    await second.stop();
    expect(await storedHashes(folder)).toEqual([...published(0, 6), ...published(10)]);
  });
});

describe('a source in trouble', () => {
  it.each([
    ['answers 503', { kind: 'status', status: 503 }, 'source.server-error'],
    ['refuses access', { kind: 'status', status: 403 }, 'source.forbidden'],
    ['shows a web page', { kind: 'html' }, 'playlist.not-a-playlist'],
    ['says nothing', { kind: 'silent' }, 'source.timeout'],
    ['offers nothing new', { kind: 'frozen' }, 'source.stalled'],
  ] as const)('that %s is an interruption, and what it still has afterwards is fetched', async (_, fault, code) => {
    await live({ window: 12 });
    const run = capture({ settings: { headersTimeoutSeconds: 0.2, stallSeconds: 40 } });
    await run.witness.segments(12);
    origin.faults.playlist(fault);
    origin.advance(4);
    expect((await run.witness.told('interrupted')).cause.code).toBe(code);
    origin.advance(4);
    origin.faults.clear();
    await run.witness.told('resumed');
    await run.witness.segments(20);
    await run.stop();
    expect(await storedHashes(folder)).toEqual(published());
    expect((await ledgerOf(folder)).gaps).toEqual([]);
  });

  it('loses only what left the window while it was away', async () => {
    await live({ window: 4 });
    const run = capture();
    await run.witness.segments(4);
    origin.faults.playlist({ kind: 'status', status: 500 });
    origin.advance(10);
    await run.witness.told('interrupted');
    origin.faults.clear();
    await run.witness.told('resumed');
    await run.witness.segments(8);
    await run.stop();
    expect(await storedHashes(folder)).toEqual([...published(0, 4), ...published(10)]);
    expect((await ledgerOf(folder)).gaps).toMatchObject([{ seconds: 6, cause: { code: 'source.window-moved' } }]);
  });

  it.each([false, true])(
    'that restarts its numbers is followed into a new part (old names again: %s)',
    async (reuseNames) => {
      await live();
      const run = capture();
      await broadcast(run, 3);
      await run.witness.segments(9);
      origin.broadcast.resetSequence({ reuseNames });
      origin.advance(3);
      await run.witness.segments(12);
      await broadcast(run, 2);
      origin.end();
      await run.end;
      expect(await storedHashes(folder)).toEqual(published());
      const ledger = await ledgerOf(folder);
      expect(ledger.parts.map((part) => part.reason)).toEqual(['start', 'sequence-reset']);
      expect(ledger.gaps).toEqual([]);
      expect(readRuns(ledger)).toHaveLength(2);
    },
  );

  it('keeps a recording that had begun, whatever happens when it is started again', async () => {
    await live();
    const first = capture();
    await first.witness.segments(6);
    await first.stop();
    origin.faults.playlist({ kind: 'status', status: 404 });
    const second = capture();
    expect((await second.witness.told('interrupted')).cause.code).toBe('source.not-found');
    expect(await second.stop()).toEqual({ kind: 'stopped' });
  });
});

describe('what cannot be opened', () => {
  it.each([
    ['is not there', { kind: 'status', status: 404 }, 'source.not-found', '404'],
    ['is forbidden', { kind: 'status', status: 403 }, 'source.forbidden', '403'],
    ['is a web page', { kind: 'html' }, 'playlist.not-a-playlist', 'Please sign in'],
    ['redirects for ever', { kind: 'redirectLoop' }, 'source.redirect-loop', 'circle'],
    ['never answers', { kind: 'silent' }, 'source.timeout', 'in time'],
    ['is in trouble', { kind: 'status', status: 500 }, 'source.server-error', '500'],
    ['is not a playlist', { kind: 'text', text: 'hello' }, 'playlist.not-a-playlist', '#EXTM3U'],
    ['is over', { kind: 'text', text: '#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXT-X-ENDLIST\n' }, 'source.empty', 'live'],
  ] as const)('fails when it %s, and says so', async (_, fault, code, words) => {
    await live();
    origin.faults.playlist(fault);
    const run = capture({ settings: { headersTimeoutSeconds: 0.2 } });
    const end = await run.end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code } });
    expect(end.kind === 'failed' && end.cause.message).toContain(words);
  });

  it('fails when nothing listens, without revealing the secrets of the address', async () => {
    await live();
    const url = `${origin.url}?token=secret`;
    await origin.close();
    const end = await capture({ url }).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: 'source.unreachable' } });
    expect(JSON.stringify(end)).not.toContain('secret');
  });

  it('can be started again in the same folder once it is there', async () => {
    await live();
    origin.faults.playlist({ kind: 'status', status: 404 });
    await capture().end;
    origin.faults.clear();
    const run = capture();
    await run.witness.segments(6);
    await run.stop();
    expect(run.witness.of('partOpened')).toMatchObject([{ number: 1, reason: 'start' }]);
    expect(await storedHashes(folder)).toEqual(published());
  });
});

describe('a capture', () => {
  it('takes the variant of the wanted quality', async () => {
    await live({ profiles: [SMALL, SMALLER] });
    const run = capture({ quality: '120p' });
    await run.witness.segments(6);
    await run.stop();
    expect(run.witness.of('sourceOpened')[0]?.variant).toMatchObject({ width: 214, height: 120 });
    expect(await storedHashes(folder)).toEqual(origin.segments('120p').map((segment) => segment.sha256));
  });

  it('recognizes its segments under changing tokens', async () => {
    await live({ tokens: true });
    const first = capture();
    await broadcast(first, 3);
    await first.stop();
    const second = capture();
    await broadcast(second, 2);
    origin.end();
    await second.end;
    expect(await storedHashes(folder)).toEqual(published());
  });

  it('calculates the time if the source gives none', async () => {
    await live({ programDateTime: false });
    const run = capture({ rate: 1 });
    await run.witness.segments(6);
    await run.stop();
    const { segments } = await ledgerOf(folder);
    const off = segments.map(
      (segment, index) => segment.startsAtMs - (origin.segments()[index]?.programDateTimeMs ?? 0),
    );
    for (const milliseconds of off) expect(Math.abs(milliseconds)).toBeLessThan(5000);
    expect(segments.every((segment) => segment.estimated)).toBe(true);
  });

  it('stops soon, also while a segment hangs, and keeps what comes after that', async () => {
    await live();
    origin.faults.segments({ kind: 'stalled' }, [4]);
    const run = capture();
    await run.witness.segments(4);
    const before = performance.now();
    expect(await run.stop()).toEqual({ kind: 'stopped' });
    expect(performance.now() - before).toBeLessThan(2000);
    expect(await storedHashes(folder)).toEqual([...published(0, 4), ...published(5)]);
    const ledger = await ledgerOf(folder);
    expect(ledger.gaps).toMatchObject([{ seconds: 1, cause: { code: 'capture.stopped' } }]);
    const part = ledger.parts[0];
    expect(part?.closedAt).toBeDefined();
    expect(await readFile(path.join(folder, part?.file ?? ''))).toHaveLength(part?.bytes ?? 0);
  });

  it('continues recording while the reporter hangs, and still stops at once', async () => {
    await live();
    const told: string[] = [];
    const reporter = {
      fact: (fact: { kind: string }) => {
        told.push(fact.kind);
        return new Promise<void>(() => undefined);
      },
      progress: () => undefined,
    };
    const run = capture({ reporter });
    for (let loads = 0; loads < 4; loads += 1) {
      await origin.requested();
      origin.advance();
    }
    await origin.requested(/00009\.ts/);
    const before = performance.now();
    expect(await run.stop()).toEqual({ kind: 'stopped' });
    expect(performance.now() - before).toBeLessThan(2000);
    expect(told).toEqual(['sourceOpened']);
    expect((await storedHashes(folder)).length).toBeGreaterThanOrEqual(9);
  });

  it('offers a fact again that the reporter did not take, before any later one', async () => {
    await live();
    const told: string[] = [];
    let refusals = 2;
    const reporter = {
      fact: (fact: { kind: string }) => {
        refusals -= 1;
        if (refusals >= 0) return Promise.reject(new Error('not now'));
        told.push(fact.kind);
        return Promise.resolve();
      },
      progress: () => undefined,
    };
    const run = capture({ reporter });
    origin.end();
    await run.end;
    expect(told).toEqual(['sourceOpened', 'partOpened', 'partClosed']);
  });

  it('begins another part by size, and the run continues over both', async () => {
    await live();
    const run = capture({ settings: { rotateBytes: 150_000 } });
    origin.end();
    await run.end;
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.length).toBeGreaterThan(1);
    expect(ledger.parts.slice(1).every((part) => part.reason === 'rotation')).toBe(true);
    expect(readRuns(ledger)).toHaveLength(1);
    expect(await storedHashes(folder)).toEqual(published());
  });

  it('reports at once that a recording is complete if its ledger says so', async () => {
    await live();
    const first = capture();
    origin.end();
    await first.end;
    const second = capture();
    expect(await second.end).toEqual({ kind: 'ended', reason: 'endlist' });
    expect(second.witness.facts.map((fact) => fact.kind)).toEqual(['partOpened', 'partClosed']);
  });

  it('refuses a folder that cannot be created', async () => {
    await live();
    const file = path.join(folder, 'a file');
    await writeFile(file, '');
    const end = await capture({ directory: path.join(file, 'recording') }).end;
    expect(end).toMatchObject({ kind: 'failed', cause: { code: expect.stringMatching(/^disk\./) } });
  });
});
