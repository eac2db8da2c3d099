import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import { builtInChoices } from './choices.js';
import { defaultsDecider } from './defaults-decider.js';
import { streamerDecider } from './streamer-decider.js';
import type { StreamerEvent } from './streamer-events.js';

const at = '2026-11-22T12:00:00.000Z';
const later = '2026-11-22T13:00:00.000Z';
const own = {
  autoRecord: true,
  quality: null,
  ads: null,
  proxies: null,
  patienceSeconds: null,
  reruns: null,
  stopAfterChangeSeconds: null,
  nameTemplate: null,
  notices: null,
};
const facts = { name: 'Ferry', url: 'https://example.org/live.m3u8', platform: 'hls', ...own } as const;
const added: StreamerEvent = { type: 'StreamerAdded', data: { streamerId: 3, ...facts, at } };
const removed: StreamerEvent = { type: 'StreamerRemoved', data: { at: later } };
const changed = (changes: object): StreamerEvent => ({
  type: 'StreamerChanged',
  data: { name: 'Ferry', ...own, ...changes, at: later },
});
const when = (past: StreamerEvent[], command: Parameters<typeof streamerDecider.decide>[0]) =>
  given(past, streamerDecider).when(command);

describe('a streamer', () => {
  it('is added once, however often that is asked', () => {
    when([], { type: 'AddStreamer', at, streamerId: 3, facts }).then([added]);
    when([added], { type: 'AddStreamer', at, streamerId: 3, facts }).thenNothing();
  });

  it('changes in what is named, and keeps the rest', () =>
    void when([added], { type: 'ChangeStreamer', at: later, streamerId: 3, changes: { quality: '720p' } })
      .then([changed({ quality: '720p' })])
      .thenState((state) => expect(state).toMatchObject({ ...facts, quality: '720p', createdAt: at })));

  it('that is told what it already is does not change', () => {
    const command = { type: 'ChangeStreamer', at: later, streamerId: 3 } as const;
    when([added], { ...command, changes: { name: 'Ferry', autoRecord: true } }).thenNothing();
    when([added], { ...command, changes: {} }).thenNothing();
    const byHome = { proxies: ['home', 'direct'] };
    when([added, changed(byHome)], { ...command, changes: byHome }).thenNothing();
  });

  it('takes a choice back, so that the settings for all decide again', () =>
    void when([added], { type: 'ChangeStreamer', at: later, streamerId: 3, changes: { autoRecord: null } }).then([
      changed({ autoRecord: null }),
    ]));

  it('is removed, and then there is none to change or remove', () => {
    when([added], { type: 'RemoveStreamer', at: later, streamerId: 3 }).then([removed]);
    for (const past of [[], [added, removed]]) {
      when(past, { type: 'RemoveStreamer', at: later, streamerId: 3 }).thenRefused('streamer.not-found');
      when(past, { type: 'ChangeStreamer', at: later, streamerId: 3, changes: {} }).thenRefused('streamer.not-found');
    }
  });
});

describe('the choices for all streamers', () => {
  const after = { ...builtInChoices, quality: '1080p' };

  it('are those of the program until somebody changes them', () =>
    void given([], defaultsDecider)
      .when({ at, changes: { quality: '1080p' } })
      .then([{ type: 'StreamerDefaultsChanged', data: { ...after, at } }])
      .thenState((state) => expect(state).toEqual(after)));

  it('do not change where they are already so', () => {
    given([], defaultsDecider).when({ at, changes: {} }).thenNothing();
    given([{ type: 'StreamerDefaultsChanged', data: { ...after, at } }], defaultsDecider)
      .when({ at: later, changes: { quality: '1080p' } })
      .thenNothing();
  });
});
