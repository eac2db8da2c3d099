import { createCipheriv } from 'node:crypto';
import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { playlistFromLedger, readRuns, SOUND_FOLDER } from '@streamvault/capture';
import { runTool } from '@streamvault/media';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { ApartOrigin } from '../live-origin/apart.js';
import { makePacked, timestampTag, type PackedFormat, type PackedSegment } from '../live-origin/packed.js';
import { CaptureRun, ledgerOf, storedHashes } from './capture-run.js';
import { finalized, media } from './finalized.js';
import { PageServer } from './page-server.js';

const SECONDS = 8;
const FORMATS = ['aac', 'mp3', 'ac3', 'eac3'] as const;

let studio: string;
let radio: Record<PackedFormat, readonly PackedSegment[]>;
let folder: string;
let server: PageServer;

beforeAll(async () => {
  studio = await mkdtemp(path.join(tmpdir(), 'packed-'));
  const make = (format: PackedFormat) =>
    makePacked({ directory: studio, format, seconds: SECONDS, name: format, startSeconds: 1000 });
  radio = { aac: await make('aac'), mp3: await make('mp3'), ac3: await make('ac3'), eac3: await make('eac3') };
});
afterAll(() => rm(studio, { recursive: true, force: true }));
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'capture-'));
  server = new PageServer();
  await server.open();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const hashes = (segments: readonly PackedSegment[]) => segments.map(({ sha256 }) => sha256);

/** Shows segments, with tags before some of them. */
function show(
  segments: readonly PackedSegment[],
  { ended = true, before = {} }: { ended?: boolean; before?: Readonly<Record<number, string>> } = {},
): void {
  for (const { file, bytes } of segments) server.pages[`/${file}`] ??= (_, response) => response.end(bytes);
  const lines = segments.flatMap(({ file, durationSeconds }, index) => [
    ...(before[index] === undefined ? [] : [before[index]]),
    `#EXTINF:${durationSeconds.toFixed(6)},`,
    file,
  ]);
  const end = ended ? ['#EXT-X-ENDLIST'] : [];
  server.put('/live.m3u8', ['#EXTM3U', '#EXT-X-VERSION:3', '#EXT-X-TARGETDURATION:2', ...lines, ...end, ''].join('\n'));
}

const capture = () => new CaptureRun({ directory: folder, url: server.address('/live.m3u8') });

describe.each(FORMATS)('radio in bare %s', (format) => {
  it('is recorded as it came, plays while it grows, and becomes a video', async () => {
    const segments = radio[format];
    show(segments);
    const run = capture();
    expect(await run.end).toMatchObject({ kind: 'ended' });
    expect(run.witness.of('partOpened')).toMatchObject([{ container: format, number: 1 }]);
    expect(await storedHashes(folder)).toEqual(hashes(segments));
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.map(({ file }) => file)).toEqual([`part-0001.${format}`]);
    expect(ledger.gaps).toEqual([]);

    const playlist = path.join(folder, 'playlist.m3u8');
    await writeFile(playlist, playlistFromLedger(ledger, { partUri: (part) => part.file }));
    const { decodeErrors, probe } = await media();
    expect(await decodeErrors(playlist)).toEqual([]);
    const played = await probe(playlist, { countPackets: true });

    const [video, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(video?.probe).toMatchObject({ audio: { codec: format } });
    expect(video?.probe.video).toBeUndefined();
    expect(video?.durationSeconds).toBeCloseTo(SECONDS, 0);
    const { audio } = await probe(video!.path, { countPackets: true });
    expect(audio?.packets).toBe(played.audio?.packets);
  });
});

describe('radio', () => {
  it('that was stopped and continued is one run over both parts', async () => {
    const segments = radio.aac;
    show(segments.slice(0, 4), { ended: false });
    const first = capture();
    await first.witness.segments(4);
    expect(await first.stop()).toEqual({ kind: 'stopped' });
    show(segments);
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes(segments));
    const ledger = await ledgerOf(folder);
    expect(ledger.parts.map(({ file, reason }) => [file, reason])).toEqual([
      ['part-0001.aac', 'start'],
      ['part-0002.aac', 'restart'],
    ]);
    expect(readRuns(ledger)).toHaveLength(1);
    const [video] = await finalized(folder);
    expect(video?.durationSeconds).toBeCloseTo(SECONDS, 0);
  });

  it('that was killed in the middle of a segment and of a line continues with nothing lost', async () => {
    const segments = radio.mp3;
    show(segments.slice(0, 5), { ended: false });
    const first = capture();
    await first.witness.segments(5);
    await first.stop();
    // As a kill leaves it: the part open, bytes that no line vouches for, a torn line.
    const file = path.join(folder, 'ledger.jsonl');
    const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
    await writeFile(file, [...lines.slice(0, -2), lines.at(-2)!.slice(0, 40)].join('\n'));
    await appendFile(path.join(folder, 'part-0001.mp3'), segments[5]!.bytes.subarray(0, 777));
    show(segments);
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes(segments));
    const [video] = await finalized(folder);
    expect(video?.durationSeconds).toBeCloseTo(SECONDS, 0);
  });

  it('with a segment that cannot be fetched has a gap, and the rest of it in one video', async () => {
    const segments = radio.aac;
    server.pages[`/${segments[3]!.file}`] = (_, response) => response.writeHead(404).end();
    show(segments);
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    const stored = segments.filter((_, index) => index !== 3);
    expect(await storedHashes(folder)).toEqual(hashes(stored));
    expect((await ledgerOf(folder)).gaps).toMatchObject([{ cause: { code: 'source.not-found' } }]);
    const [video, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(video?.durationSeconds).toBeCloseTo(SECONDS - segments[3]!.durationSeconds, 0);
  });

  it('whose body breaks off without notice is fetched again', async () => {
    const segments = radio.ac3;
    let asked = 0;
    server.pages[`/${segments[2]!.file}`] = (_, response) => {
      asked += 1;
      response.writeHead(200, { Connection: 'close', 'Transfer-Encoding': 'identity' });
      response.end(asked === 1 ? segments[2]!.bytes.subarray(0, 5001) : segments[2]!.bytes);
    };
    show(segments);
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(asked).toBe(2);
    expect(await storedHashes(folder)).toEqual(hashes(segments));
  });

  it('that is encrypted with AES-128 is decrypted', async () => {
    const key = Buffer.alloc(16, 3);
    server.put('/key', key);
    for (const [index, { file, bytes }] of radio.aac.entries()) {
      const cipher = createCipheriv('aes-128-cbc', key, Buffer.from(index.toString(16).padStart(32, '0'), 'hex'));
      server.put(`/${file}`, Buffer.concat([cipher.update(bytes), cipher.final()]));
    }
    show(radio.aac, { before: { 0: '#EXT-X-KEY:METHOD=AES-128,URI="key"' } });
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes(radio.aac));
  });

  it('without a single timestamp is still recorded', async () => {
    const tagBytes = timestampTag(0).length;
    const bare = radio.aac.map((segment) => ({ ...segment, bytes: segment.bytes.subarray(tagBytes) }));
    show(bare);
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    const [video] = await finalized(folder);
    expect(video?.durationSeconds).toBeCloseTo(SECONDS, 0);
  });

  it.each([
    ['the sample rate', { format: 'aac', sampleRate: 44_100 }],
    ['the codec', { format: 'mp3' }],
  ] as const)('that changes %s at a discontinuity becomes one video', async (_, change) => {
    const other = await makePacked({ directory: studio, seconds: 4, name: `other-${change.format}`, ...change });
    const segments = [...radio.aac.slice(0, 4), ...other.slice(0, 3)];
    show(segments, { before: { 4: '#EXT-X-DISCONTINUITY' } });
    expect(await capture().end).toMatchObject({ kind: 'ended' });
    expect(await storedHashes(folder)).toEqual(hashes(segments));
    expect((await ledgerOf(folder)).parts.map(({ reason }) => reason)).toEqual(['start', 'discontinuity']);
    const videos = await finalized(folder);
    expect(videos.map(({ probe }) => [probe.audio?.codec, probe.audio?.sampleRate])).toEqual([['aac', 48_000]]);
    expect(videos[0]?.durationSeconds).toBeCloseTo(7, 0);
  });

  it('that is not audio fails with what was found', async () => {
    const [first] = radio.aac;
    const broken = Buffer.from(first!.bytes);
    broken.fill(0, 2000, 4000);
    show([{ ...first!, bytes: broken }]);
    expect(await capture().end).toMatchObject({
      kind: 'failed',
      cause: { code: 'segment.not-media', message: expect.stringMatching(/an audio frame is broken at byte \d+/) },
    });
  });
});

describe.each([
  ['aac', 'ts'],
  ['mp3', 'ts'],
  ['eac3', 'ts'],
  ['aac', 'fmp4'],
] as const)('bare %s beside a video in %s', (format, container) => {
  let origin: ApartOrigin;
  afterEach(() => origin.close());

  /** When the first packets of each stream come, and its longest silence. */
  async function timesIn(file: string): Promise<readonly { readonly first: number; readonly silence: number }[]> {
    const { tools } = await media();
    const args = ['-v', 'error', '-show_entries', 'packet=stream_index,pts_time', '-of', 'csv=p=0', file];
    const { stdout } = await runTool({ program: tools.ffprobe.path, args });
    const rows = new TextDecoder().decode(stdout).trim().split('\n');
    return ['0', '1'].map((stream) => {
      const times = rows
        .map((row) => row.split(','))
        .flatMap(([index, time]) => (index === stream ? [Number(time)] : []))
        .toSorted((a, b) => a - b);
      const steps = times.slice(1).map((time, index) => time - times[index]!);
      return { first: times[0]!, silence: Math.max(...steps) };
    });
  }

  it('is recorded beside it, and the video has each in its place, although some of the audio is missing', async () => {
    origin = await ApartOrigin.start(container, 10, format);
    // The audio begins one segment late, and has a hole.
    origin.missing.add(`sound-000.${format}`).add(`sound-004.${format}`);
    origin.shown.picture = origin.shown.sound = 20;
    origin.ended = true;
    // The end of the video waits for the audio, but not for ever, and by this clock.
    const settings = { segmentRetrySeconds: 3 };
    const run = new CaptureRun({ directory: folder, url: origin.url, rate: 4, settings });
    expect(await run.end).toEqual({ kind: 'ended', reason: 'endlist', wasOver: true });
    const sound = path.join(folder, SOUND_FOLDER);
    const names = ['001', '002', '003', '005', '006', '007', '008', '009'].map((n) => `sound-${n}.${format}`);
    expect((await storedHashes(sound)).slice(0, names.length)).toEqual(
      await Promise.all(names.map((n) => origin.hashOf(n))),
    );
    const [video, ...others] = await finalized(folder);
    expect(others).toEqual([]);
    expect(video?.durationSeconds).toBeCloseTo(10, 0);
    expect([video?.probe.video?.codec, video?.probe.audio?.codec]).toEqual(['h264', format]);
    const [picture, heard] = await timesIn(video!.path);
    expect(heard!.first - picture!.first).toBeCloseTo(1, 0);
    expect(Math.abs(heard!.first - picture!.first - 1)).toBeLessThan(0.15);
    expect(heard!.silence).toBeGreaterThan(0.9);
    expect(heard!.silence).toBeLessThan(1.15);
  });
});
