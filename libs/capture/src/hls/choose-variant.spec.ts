import { describe, expect, it } from '@jest/globals';
import { chooseAgain, chooseVariant, isAudioOnly, isMute } from './choose-variant.js';
import type { MasterPlaylist, Rendition, Variant } from './playlist.js';

const variant = (name: string, more: Partial<Variant> = {}): Variant => {
  const size = /^(\d+)p(\d+)?/.exec(name);
  return {
    url: `https://x.example/${name}.m3u8`,
    bandwidth: 1_000_000,
    ...(size && { height: Number(size[1]), width: (Number(size[1]) * 16) / 9, frameRate: Number(size[2] ?? 30) }),
    name: `n-${name}`,
    ...more,
  };
};

const of = (variants: Variant[], renditions: Rendition[] = []): MasterPlaylist => ({
  kind: 'master',
  definitions: new Map(),
  variants,
  renditions,
});
const twitch = of([
  variant('audio_only', { codecs: 'mp4a.40.2', bandwidth: 160_000 }),
  variant('360p30', { bandwidth: 600_000 }),
  variant('1080p60', { bandwidth: 6_000_000 }),
  variant('720p60', { bandwidth: 3_000_000 }),
  variant('720p30', { bandwidth: 2_000_000 }),
]);
const chosen = (master: MasterPlaylist, quality: string) => chooseVariant(master, quality)?.name;

describe('chooseVariant', () => {
  it.each([
    ['best', 'n-1080p60'],
    ['1080p60', 'n-1080p60'],
    ['1080p', 'n-1080p60'],
    ['1440p60', 'n-1080p60'],
    ['720p', 'n-720p30'],
    ['720p60', 'n-720p60'],
    ['900', 'n-720p30'],
    ['480p', 'n-360p30'],
    ['160p', 'n-360p30'],
    ['audio', 'n-audio_only'],
    ['n-720p60', 'n-720p60'],
    ['no such thing', 'n-1080p60'],
  ])('gives for %s of a usual ladder: %s', (quality, name) => {
    expect(chosen(twitch, quality)).toBe(name);
  });

  it('takes the higher bandwidth of two variants of equal size', () => {
    const master = of([variant('720p30', { name: 'thin' }), variant('720p30', { name: 'fat', bandwidth: 9e6 })]);
    expect(chosen(master, 'best')).toBe('fat');
    expect(chosen(master, '720p')).toBe('fat');
  });

  it('measures upright video by its shorter side', () => {
    const master = of([variant('tall', { width: 1080, height: 1920 }), variant('720p30')]);
    expect(chosen(master, '720p')).toBe('n-720p30');
    expect(chosen(master, '1080p')).toBe('n-tall');
  });

  it('goes by bandwidth if no size is given', () => {
    const master = of([variant('a', { bandwidth: 1 }), variant('b', { bandwidth: 3 }), variant('c', { bandwidth: 2 })]);
    expect(chosen(master, 'best')).toBe('n-b');
    expect(chosen(master, '720p')).toBe('n-b');
    expect(chosen(master, 'audio')).toBe('n-a');
  });

  it('prefers a variant that includes its audio', () => {
    const audio = { type: 'AUDIO', groupId: 'g', name: 'en', url: 'https://x.example/en.m3u8', default: true };
    const master = of([variant('1080p30', { audioGroup: 'g' }), variant('720p30')], [audio]);
    expect(chosen(master, 'best')).toBe('n-720p30');
    expect(chosen(of([variant('1080p30', { audioGroup: 'g' })], [audio]), 'best')).toBe('n-1080p30');
    expect(chosen(of([variant('1080p30', { audioGroup: 'g' })], [audio]), 'audio')).toBe('en');
  });

  it('chooses nothing from an empty list', () => {
    expect(chooseVariant(of([]), 'best')).toBeUndefined();
  });
});

describe('chooseAgain', () => {
  const before = variant('720p60', { bandwidth: 3_000_000 });
  it.each([
    ['the same where it is still there', [variant('1080p60'), variant('720p60'), variant('720p30')], 'n-720p60'],
    ['the same size under another name', [variant('1080p60'), variant('720p60', { name: 'x' })], 'x'],
    ['the same size rather than the same speed', [variant('1080p60'), variant('720p30')], 'n-720p30'],
    ['the nearest where only others are left', [variant('1080p60'), variant('480p30'), variant('160p30')], 'n-480p30'],
    [
      'the nearest in bandwidth of two that look alike',
      [
        variant('720p60', { name: 'fat', bandwidth: 9_000_000 }),
        variant('720p60', { name: 'like', bandwidth: 3_100_000 }),
      ],
      'like',
    ],
  ])('gives %s', (_, variants, name) => {
    expect(chooseAgain(of(variants), before, 'best')?.name).toBe(name);
  });

  it('keeps to audio if there was only audio', () => {
    const sound = variant('audio_only', { codecs: 'mp4a.40.2' });
    expect(chooseAgain(twitch, sound, 'best')?.name).toBe('n-audio_only');
  });
});

describe('isMute', () => {
  const sound: Rendition = {
    type: 'AUDIO',
    groupId: 'a',
    name: 'Main',
    url: 'https://x.example/a.m3u8',
    default: true,
  };
  const judged = (more: Partial<Variant>) => {
    const only = variant('one', { audioGroup: 'a', ...more });
    return isMute(of([only], [sound]), only);
  };

  it('is true for video whose audio is elsewhere, not for audio that names its own group', () => {
    expect(judged({ codecs: 'avc1.4d401f,mp4a.40.2' })).toBe(true);
    expect(judged({ codecs: 'mp4a.40.2' })).toBe(false);
    expect(judged({ url: 'https://x.example/a.m3u8' })).toBe(false);
  });
});

it('recognizes audio-only variants, with or without captions', () => {
  const codecs = ['mp4a.40.2', 'ac-3, wvtt', 'avc1.4d401f,mp4a.40.2', 'wvtt', ''];
  expect(codecs.map((text) => isAudioOnly(variant('x', { codecs: text })))).toEqual([true, true, false, false, false]);
});
