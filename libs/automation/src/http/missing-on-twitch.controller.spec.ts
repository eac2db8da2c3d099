import { describe, expect, it } from '@jest/globals';
import { EventEmitter } from 'node:events';
import type { RequestGapFill } from '@streamvault/recording';
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
  readonly state?: string;
  readonly gapFills?: readonly { readonly from: string; readonly state: string }[];
}

function begin({
  gaps = [gap],
  url = 'https://www.twitch.tv/Somebody',
  platformIds,
  isSignedIn = true,
  failure,
  ...more
}: Case) {
  const recording = {
    streamerId: 3,
    state: more.state ?? 'completed',
    videoId: 5,
    gapFills: more.gapFills ?? [],
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
  const commands: RequestGapFill[] = [];
  const controller = new MissingOnTwitchController(
    { execute: () => Promise.resolve(recording) } as never,
    { find: () => Promise.resolve({ platform: url.includes('twitch.tv') ? 'twitch' : 'hls', url }) } as never,
    { current: () => Promise.resolve(platformIds && { context: { platformIds } }) } as never,
    { signedIn: isSignedIn ? { api } : undefined } as never,
    {
      run: async (
        _request: unknown,
        _reply: unknown,
        _options: unknown,
        work: (metadata: object) => Promise<unknown>,
      ) => void (await work({ actor: 'somebody' })),
      shown: () => Promise.resolve(),
    } as never,
    { execute: (command: RequestGapFill) => (commands.push(command), Promise.resolve({ position: 1n })) } as never,
  );
  const request = { socket: new EventEmitter() } as never;
  return { controller, commands, request };
}

const ask = (given: Case) => {
  const { controller, request } = begin(given);
  return controller.missing(7, request);
};

/** The command that it leads to. */
async function fill(given: Case, from = gap.from): Promise<RequestGapFill | undefined> {
  const { commands, controller, request } = begin(given);
  await controller.fill(7, { from }, request, undefined as never);
  return commands[0];
}

describe('what a recording is missing and Twitch still has', () => {
  it('is offered by the id of the broadcast, or by its time where that is not known', async () => {
    const found = {
      reason: null,
      videos: [{ id: '77', url: video.url, startsAt: video.created_at }],
      gaps: [{ from: gap.from, to: gap.to, seconds: 60, url: `${video.url}?t=0h10m0s`, fillable: true, refusal: null }],
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

describe('filling a gap from Twitch', () => {
  it('names the video and the place in it, and leaves the rest to the recording', async () => {
    const source = { id: '77', url: `${video.url}?t=0h10m0s`, startsAt: video.created_at };
    expect(await fill({ platformIds: ['42'] })).toMatchObject({ recordingId: 7, from: gap.from, source });
  });

  it.each<[string, Case, RegExp]>([
    ['is still being finished', { state: 'postProcessing' }, /finished recording/],
    ['has lost its video on Twitch', { platformIds: ['9'] }, /keeps no video/],
    ['is being filled', { gapFills: [{ from: 'another', state: 'running' }] }, /being filled/],
    ['was filled', { gapFills: [{ from: gap.from, state: 'filled' }] }, /already/],
    ['lacks its audio only', { gaps: [{ ...gap, cause: { code: 'sound.x', message: '' } }] }, /audio/],
    ['comes from elsewhere', { url: 'https://x.example/live.m3u8' }, /Only Twitch/],
  ])('is refused, with the reason, where the recording %s', async (_, given, reason) => {
    await expect(fill(given)).rejects.toMatchObject({ code: 'recording.gap-not-fillable' });
    await expect(fill(given)).rejects.toThrow(reason);
    expect((await ask(given)).gaps.every(({ fillable }) => !fillable)).toBe(true);
  });

  it('is not found where no gap begins then', async () => {
    await expect(fill({}, '2026-11-30T20:10:30.000Z')).rejects.toMatchObject({ code: 'recording.gap-not-found' });
  });
});
