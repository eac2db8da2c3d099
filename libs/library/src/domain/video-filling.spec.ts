import { describe, expect, it } from '@jest/globals';
import { videoDecider, type VideoCommand } from './video-decider.js';
import type { VideoEvent, VideoFacts } from './video-events.js';

const at = (seconds: number): string => new Date(Date.UTC(2026, 10, 30, 20) + seconds * 1000).toISOString();
const gap = { from: at(60), to: at(70), seconds: 10, cause: { code: 'x', message: 'No bytes came.' } };
const facts: VideoFacts = {
  recordingId: 1,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'somebody',
  title: 'Evening show',
  category: null,
  recordedAt: at(0),
  durationSeconds: 590,
  bytes: 1000,
  width: null,
  height: null,
  codecs: null,
  file: 'a.mp4',
  thumbnailFile: 'a.jpg',
  gaps: [gap],
  chapters: [],
};
const by = 'somebody';
const until = at(10_000);
const start: VideoCommand = { type: 'StartFill', videoId: 5, by, at: at(1000), from: gap.from, to: gap.to, until };
const filled = { at: at(1100), by, url: 'https://www.twitch.tv/videos/77', seconds: 10, mutedSeconds: 0 };
const file = { bytes: 1200, durationSeconds: 600, width: null, height: null, codecs: null, chapters: [] };
const finish: VideoCommand = { ...start, type: 'FinishFill', filled, ...file } as VideoCommand;
const bin: VideoCommand = {
  type: 'BinVideo',
  videoId: 5,
  by,
  at: at(1001),
  rule: null,
  bytes: 1,
  purgeAfter: at(1002),
  evenProtected: false,
};

function after(...commands: VideoCommand[]) {
  const added: VideoEvent = { type: 'VideoAdded', data: { ...facts, videoId: 5, at: at(600) } };
  let state = videoDecider.evolve(undefined, added);
  for (const command of commands)
    for (const event of videoDecider.decide(command, state)) state = videoDecider.evolve(state, event);
  return { state: state!, decide: (command: VideoCommand) => videoDecider.decide(command, state) };
}

describe('a video of which a gap is being filled', () => {
  const move: VideoCommand = {
    type: 'StartMove',
    videoId: 5,
    by,
    at: at(1010),
    to: { file: 'b.mp4', thumbnailFile: 'b.jpg' },
  };
  const purge: VideoCommand = { type: 'StartPurge', videoId: 5, by, at: at(1010), files: [], beforeGraceEnds: true };

  it('is neither moved nor purged until that is done, or its time is over', () => {
    expect(after(start).decide(move)).toEqual([]);
    expect(after(start, bin).decide(purge)).toEqual([]);
    expect(after(start, finish).decide(move)).toHaveLength(1);
    expect(after(start, bin, finish).decide(purge)).toHaveLength(1);
    expect(after(start).decide({ ...move, at: until })).toHaveLength(1);
  });

  it('begins once, and not where it is in the bin, on its way, or being filled elsewhere', () => {
    expect(after(start).decide(start)).toEqual([]);
    const codeOf = (...commands: VideoCommand[]) => {
      const { decide } = after(...commands);
      return expect(() => decide(start));
    };
    codeOf(bin).toThrow(expect.objectContaining({ code: 'video.in-bin' }));
    codeOf(move).toThrow(expect.objectContaining({ code: 'video.being-moved' }));
    codeOf({ ...start, from: at(300) } as VideoCommand).toThrow(
      expect.objectContaining({ code: 'video.being-filled' }),
    );
  });

  it('has the new file then, and still tells of the gap and where the rest comes from', () => {
    expect(after(start, finish).state).toMatchObject({ ...file, filling: null, gaps: [{ ...gap, filled }] });
    expect(after(start, finish).decide(finish)).toEqual([]);
  });

  it('is as it was where that failed', () => {
    const fail: VideoCommand = { type: 'FailFill', videoId: 5, by, at: at(1100), cause: gap.cause };
    expect(after(start, fail).state).toEqual(after().state);
    expect(after().decide(fail)).toEqual([]);
  });
});
