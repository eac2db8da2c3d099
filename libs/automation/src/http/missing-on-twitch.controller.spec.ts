import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { PastBroadcast } from '../twitch/missing-on-video.js';
import { TwitchFailure } from '../twitch/twitch-errors.js';
import { MissingOnTwitchController } from './missing-on-twitch.controller.js';

const gap = {
  from: '2026-11-30T20:10:00.000Z',
  to: '2026-11-30T20:11:00.000Z',
  seconds: 60,
  cause: { code: 'source.stalled', message: 'No bytes came.' },
};
const video: PastBroadcast = {
  id: '77',
  stream_id: '42',
  url: 'https://www.twitch.tv/videos/77',
  created_at: '2026-11-30T20:00:00Z',
  duration: '1h0m0s',
};

interface Case {
  readonly gaps?: readonly (typeof gap)[];
  readonly url?: string;
  readonly platformIds?: readonly string[];
  readonly isSignedIn?: boolean;
  readonly failure?: Error;
}

function ask({ gaps = [gap], url = 'https://www.twitch.tv/Somebody', platformIds, isSignedIn = true, failure }: Case) {
  const recording = {
    streamerId: 3,
    broadcastId: 5,
    requestedAt: gap.from,
    startedAt: gap.from,
    endedAt: gap.to,
    gaps,
  };
  const api = {
    users: (logins: string[]) =>
      failure ? Promise.reject(failure) : Promise.resolve(logins.map((login) => ({ id: `id of ${login}` }))),
    pastBroadcasts: (id: string) => Promise.resolve(id === 'id of somebody' ? [video] : []),
  };
  const controller = new MissingOnTwitchController(
    { execute: () => Promise.resolve(recording) } as never,
    { find: () => Promise.resolve({ platform: url.includes('twitch.tv') ? 'twitch' : 'hls', url }) } as never,
    { current: () => Promise.resolve(platformIds && { context: { platformIds } }) } as never,
    { signedIn: isSignedIn ? { api } : undefined } as never,
  );
  return controller.missing(7, { socket: new EventEmitter() } as never);
}

describe('what a recording is missing and Twitch still has', () => {
  it('is offered by the id of the broadcast, or by its time where that is not known', async () => {
    const found = {
      reason: null,
      videos: [{ id: '77', url: video.url, startsAt: video.created_at }],
      gaps: [{ from: gap.from, to: gap.to, seconds: 60, url: `${video.url}?t=0h10m0s` }],
    };
    expect(await ask({ platformIds: ['41', '42'] })).toEqual(found);
    expect(await ask({})).toEqual(found);
  });

  it.each<[string, Case, RegExp]>([
    ['nothing is missing', { gaps: [] }, /Nothing is missing/],
    ['the source is another', { url: 'https://x.example/live.m3u8' }, /Only Twitch/],
    ['there are no credentials', { isSignedIn: false }, /TWITCH_CLIENT_ID/],
    ['there is no such video', { platformIds: ['9'] }, /keeps no video/],
  ])('is not offered, with the reason, where %s', async (_, given, reason) => {
    const answer = await ask(given);
    expect(answer.reason).toMatch(reason);
    expect(answer.gaps.every(({ url }) => url === null)).toBe(true);
  });

  it('is not known while Twitch does not answer', async () => {
    const failure = new TwitchFailure('away', 'Twitch does not answer. Try again in a minute.');
    await expect(ask({ failure })).rejects.toMatchObject({ code: 'twitch.unavailable', kind: 'unavailable' });
  });
});
