import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { LedgerWriter } from '@streamvault/capture';
import { createMedia, locateTools, type Media } from '@streamvault/media';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { WorkFolders } from '../recorder/work-folders.js';
import { LiveStoryboard } from './live-storyboard.js';
import { RecordingMedia } from './recording-media.js';

const run = promisify(execFile);
const clock = { now: () => 0, sleep: () => Promise.resolve() };
let root: string;
let media: Media;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'streamvault-live-storyboard-'));
  media = createMedia(await locateTools());
});
afterEach(() => rm(root, { recursive: true, force: true }));

it('of a recording grows with it, each picture made once and when somebody looks', async () => {
  const folders = new WorkFolders(root);
  const recordings = new RecordingMedia(folders, clock);
  let made = 0;
  const counting = {
    takeStill: (request: Parameters<Media['takeStill']>[0]) => ((made += 1), media.takeStill(request)),
  };
  const storyboard = new LiveStoryboard(recordings, counting);
  await expect(storyboard.vtt(7, String)).rejects.toMatchObject({ code: 'recording.not-playable' });

  const segment = join(root, 'segment.ts');
  const source = 'testsrc2=size=320x240:rate=10:duration=6';
  await run(media.tools.ffmpeg.path, ['-v', 'error', '-f', 'lavfi', '-i', source, '-g', '20', segment]);
  const bytes = await readFile(segment);
  const { writer } = await LedgerWriter.open(folders.path(7), 7, '2026-11-30T20:00:00.000Z');
  const part = { container: 'ts', reason: 'start', signature: 'h264', targetDurationSeconds: 6 } as const;
  await writer.openPart({ ...part, at: '2026-11-30T20:00:00.000Z' });
  const add = async (number: number) => {
    await writer.write([bytes]);
    const at = new Date(Date.UTC(2026, 10, 30, 20, 0, number * 6)).toISOString();
    await writer.commit({
      mediaSequence: number,
      discontinuitySequence: 0,
      durationSeconds: 6,
      programDateTime: at,
      estimated: false,
      receivedAt: at,
      discontinuity: number > 0,
      ad: false,
      identity: `segment-${number}`,
    });
  };
  await add(0);
  expect((await storyboard.vtt(7, (n) => `tile/${n}`)).split('\n\n')).toEqual([
    'WEBVTT',
    '00:00:00.000 --> 00:00:06.000\ntile/0#xywh=0,0,160,90\n',
  ]);
  expect(await storyboard.tile(7, 1)).toBeUndefined();
  for (const number of [1, 2, 3]) await add(number);
  expect(await storyboard.vtt(7, (n) => `tile/${n}`)).toContain('00:00:20.000 --> 00:00:24.000\ntile/2#');
  const jpeg = (await storyboard.tile(7, 1))!;
  expect(Buffer.from(jpeg.subarray(0, 2)).toString('hex')).toBe('ffd8');
  expect(await storyboard.tile(7, 1)).toBe(jpeg);
  expect(made).toBe(1);
  await writer.close();
});
