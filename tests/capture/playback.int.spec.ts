import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { parsePlaylist, playlistFromLedger, readRuns } from '@streamvault/capture';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { LiveOrigin } from '../live-origin/live-origin.js';
import { findFfmpeg } from '../live-origin/media.js';
import { CaptureRun, ledgerOf } from './capture-run.js';

const run = promisify(execFile);
let folder: string;
let origin: LiveOrigin;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'playback-'));
});
afterEach(async () => {
  await origin.close();
  await rm(folder, { recursive: true, force: true });
});

/** Decodes everything and returns ffmpeg's complaints, and the number of frames. */
async function decode(...input: string[]): Promise<{ complaints: string; frames: number }> {
  const { stdout, stderr } = await run(await findFfmpeg(), [
    ...'-hide_banner -nostdin -v warning -progress -'.split(' '),
    ...input,
    ...'-map 0:v -map 0:a -f null /dev/null'.split(' '),
  ]);
  return { complaints: stderr, frames: Number([...stdout.matchAll(/frame=(\d+)/g)].at(-1)?.[1]) };
}

describe.each(['ts', 'fmp4'] as const)('a recording of %s that was stopped and continued', (container) => {
  beforeEach(async () => {
    origin = await LiveOrigin.start({ container, mediaSeconds: 40 });
    const request = { directory: folder, url: origin.url };
    const first = new CaptureRun(request);
    await first.witness.segments(6);
    await first.stop();
    origin.advance(4);
    const second = new CaptureRun(request);
    await second.witness.segments(10);
    origin.end();
    await second.end;
  });

  it('is one faultless stream over both parts', async () => {
    const [only, ...others] = readRuns(await ledgerOf(folder));
    expect(others).toEqual([]);
    const pieces = [...(only?.init ? [only.init] : []), ...(only?.ranges ?? [])];
    const bytes = await Promise.all(
      pieces.map(async ({ file, offset, length }) =>
        (await readFile(path.join(folder, file))).subarray(offset, offset + length),
      ),
    );
    const joined = path.join(folder, `joined.${only?.container}`);
    await writeFile(joined, Buffer.concat(bytes));
    expect(await decode('-i', joined)).toEqual({ complaints: '', frames: 300 });
  });

  it('plays through its playlist, every frame of it', async () => {
    const playlist = playlistFromLedger(await ledgerOf(folder), { partUri: (part) => part.file });
    const file = path.join(folder, 'playlist.m3u8');
    await writeFile(file, playlist);
    const { complaints, frames } = await decode('-allowed_extensions', 'ALL', '-i', file);
    // ffmpeg reports what it opens at this level; what counts is that it finds no fault in the media.
    expect(complaints.split('\n').filter((line) => /error|invalid|corrupt|non-monoton|discontinu/i.test(line))).toEqual(
      [],
    );
    expect(frames).toBe(300);
  });

  it('has a playlist that our own parser reads back as the ledger', async () => {
    const ledger = await ledgerOf(folder);
    const parsed = parsePlaylist(playlistFromLedger(ledger, { partUri: (part) => part.file }), 'http://x.example/p/');
    if (parsed.kind !== 'media') throw new Error('Expected a media playlist');
    expect(parsed.ended).toBe(true);
    expect(
      parsed.segments.map((segment) => ({
        file: path.posix.basename(segment.url),
        range: segment.byteRange,
        at: segment.programDateTimeMs,
        discontinuity: segment.discontinuity,
      })),
    ).toEqual(
      ledger.segments.map(({ part, offset, length, startsAtMs }) => ({
        file: part.file,
        range: { offset, length },
        at: startsAtMs,
        discontinuity: false,
      })),
    );
  });
});
