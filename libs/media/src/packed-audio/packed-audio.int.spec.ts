import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createMedia } from '../media.js';
import { capture, makeSource, temporaryFolder, toolsToTest, type TemporaryFolder } from '../media.testing.js';
import { runTool } from '../run-tool.js';
import type { MediaRun } from '../runs.js';
import { PackedAudioReader, type PackedUnit } from './packed-audio-reader.js';
import type { PackedAudio } from './frame-header.js';

const SECONDS = 3;

interface Kind {
  readonly container: PackedAudio;
  readonly rate: number;
  readonly coding: string;
  /** ffmpeg's name for the codec in the video. */
  readonly codec: string;
  readonly encoder: readonly string[];
}

const kind = (coding: string, codec: string, encoder: string): Kind => {
  const [, container, rate] = /^([a-z0-9]+)[^:]*:(\d+)/.exec(coding) ?? [];
  return { container: container as PackedAudio, rate: Number(rate), coding, codec, encoder: encoder.split(' ') };
};

const PLAIN_MP3 = '-write_xing 0 -id3v2_version 0 -f mp3';
const kinds: readonly (readonly [name: string, Kind])[] = [
  ['AAC', kind('aac.2:44100:2', 'aac', '-ac 2 -c:a aac -f adts')],
  ['AAC at half the rate', kind('aac.2:22050:1', 'aac', '-ac 1 -c:a aac -f adts')],
  ['MP3', kind('mp3.3:44100:2', 'mp3', `-ac 2 -c:a libmp3lame -b:a 128k ${PLAIN_MP3}`)],
  ['MP3 of changing bit rate', kind('mp3.3:48000:2', 'mp3', `-ac 2 -c:a libmp3lame -q:a 4 ${PLAIN_MP3}`)],
  ['MP3 at half the rate', kind('mp3.3:22050:1', 'mp3', `-ac 1 -c:a libmp3lame -b:a 64k ${PLAIN_MP3}`)],
  // In MP4 both layers have the same name.
  ['MPEG layer II', kind('mp3.2:48000:2', 'mp3', '-ac 2 -c:a mp2 -f mp2')],
  ['AC-3', kind('ac3:44100:6', 'ac3', '-ac 6 -c:a ac3 -f ac3')],
  ['AC-3 in stereo', kind('ac3:48000:2', 'ac3', '-ac 2 -c:a ac3 -f ac3')],
  ['E-AC-3', kind('eac3:48000:6', 'eac3', '-ac 6 -c:a eac3 -f eac3')],
];

describe.each(await toolsToTest())('packed audio with ffmpeg of the %s', (_, tools) => {
  let temporary: TemporaryFolder;
  const made = new Map<string, Buffer>();

  beforeAll(async () => {
    temporary = await temporaryFolder();
    for (const [name, { rate, encoder }] of kinds) {
      const file = join(temporary.path, `${made.size}`);
      const sine = `sine=frequency=440:sample_rate=${rate}:duration=${SECONDS}`;
      const args = ['-loglevel', 'error', '-nostdin', '-y', '-f', 'lavfi', '-i', sine, ...encoder, file];
      await runTool({ program: tools.ffmpeg.path, args });
      made.set(name, await readFile(file));
    }
  });
  afterAll(() => temporary.remove());

  it('without timestamps starts with its video, as closely as possible', async () => {
    const folder = join(temporary.path, 'untimed');
    await mkdir(folder);
    const bytes = made.get('AAC')!;
    const file = join(folder, 'sound.aac');
    await writeFile(file, bytes);
    const picture = await makeSource(tools, { container: 'ts', seconds: SECONDS, audio: 'none' });
    const mute = await capture(folder, 'ts', [['picture.ts', picture, 0, 2]]);
    const ranges = [{ file, offset: 0, length: bytes.length }];
    const sound: MediaRun = { container: 'aac', signature: 'aac', durationSeconds: SECONDS, ranges };
    const path = join(folder, 'video.mp4');
    const media = createMedia(tools);
    const request = { outputFor: () => path, workDirectory: join(folder, 'work') };
    const [video] = await media.finalizeRuns({ ...request, runs: [{ ...mute, sound }] });
    expect(Math.abs(video!.durationSeconds - SECONDS)).toBeLessThan(0.2);
    expect(video!.probe.audio!.durationSeconds).toBeCloseTo(SECONDS, 0);
    expect(await media.decodeErrors(path)).toEqual([]);
  });

  describe.each(kinds)('%s', (name, { container, rate, coding, codec }) => {
    const units = (): readonly PackedUnit[] => [...new PackedAudioReader().push(made.get(name)!)];

    it('is read frame by frame to its end', () => {
      const frames = units().map((unit) => (unit.kind === 'frame' ? unit : undefined));
      expect(new Set(frames.map((frame) => frame?.header.coding))).toEqual(new Set([coding]));
      const bytes = frames.reduce((sum, frame) => sum + (frame?.bytes.length ?? 0), 0);
      expect(bytes).toBe(made.get(name)!.length);
      const samples = frames.reduce((sum, frame) => sum + (frame?.header.samples ?? 0), 0);
      expect(samples / rate).toBeGreaterThan(SECONDS - 0.1);
      expect(samples / rate).toBeLessThan(SECONDS + 0.1);
    });

    it('becomes a video with every frame of it', async () => {
      const folder = join(temporary.path, `run ${name}`);
      await mkdir(folder);
      const file = join(folder, `part-0001.${container}`);
      const bytes = made.get(name)!;
      await writeFile(file, bytes);
      const run: MediaRun = {
        container,
        signature: coding,
        durationSeconds: SECONDS,
        ranges: [{ file, offset: 0, length: bytes.length }],
      };
      const media = createMedia(tools);
      const path = join(folder, 'video.mp4');
      const [video] = await media.finalizeRuns({
        runs: [run],
        outputFor: () => path,
        workDirectory: join(folder, 'work'),
      });
      expect(video?.durationSeconds).toBeCloseTo(SECONDS, 0);
      const { audio } = await media.probe(path, { countPackets: true });
      expect(audio).toMatchObject({ codec, sampleRate: rate, packets: units().length });
      expect(await media.decodeErrors(path)).toEqual([]);
    });
  });
});
