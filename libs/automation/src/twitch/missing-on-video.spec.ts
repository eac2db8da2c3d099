import { describe, expect, it } from '@jest/globals';
import { addressAt, type PastBroadcast, secondsOf, videosOf, whereToWatch } from './missing-on-video.js';

const at = (minutes: number) => new Date(Date.UTC(2026, 10, 30, 20, minutes)).toISOString();
const video = (id: string, from: number, duration: string, stream: string | null = `s${id}`): PastBroadcast => ({
  id,
  stream_id: stream,
  url: `https://www.twitch.tv/videos/${id}`,
  created_at: at(from),
  duration,
});

describe('a duration as Twitch writes it', () => {
  it.each([
    ['3h21m5s', 12_065],
    ['21m0s', 1260],
    ['5s', 5],
    ['100h', 360_000],
    ['', undefined],
    ['soon', undefined],
  ])('%j is %p', (text, seconds) => expect(secondsOf(text)).toBe(seconds));
});

describe('what a recording is missing', () => {
  const both = [video('1', 0, '30m'), video('2', 40, '1h')];

  it('is looked for in the videos of its own broadcast', () => {
    const span = { from: at(10), to: at(50) };
    expect(videosOf(both, { ...span, platformIds: ['s2', 's9'] })).toEqual([both[1]]);
    expect(videosOf(both, { ...span, platformIds: [] })).toEqual(both);
    expect(videosOf(both, { from: at(31), to: at(39), platformIds: [] })).toEqual([]);
    expect(videosOf([video('3', 0, '1h', null)], { ...span, platformIds: ['s3'] })).toEqual([]);
  });

  it('can be watched from where it begins, or from where a video begins to have it', () => {
    expect(whereToWatch(both, { from: at(12), to: at(13) })).toBe('https://www.twitch.tv/videos/1?t=0h12m0s');
    expect(whereToWatch(both, { from: at(35), to: at(50) })).toBe('https://www.twitch.tv/videos/2?t=0h0m0s');
    expect(whereToWatch(both, { from: at(31), to: at(39) })).toBeNull();
    expect(whereToWatch([video('4', 0, 'soon')], { from: at(0), to: at(9) })).toBeNull();
  });

  it('has an address to the second', () => expect(addressAt('https://x', 3725.9)).toBe('https://x?t=1h2m5s'));
});
