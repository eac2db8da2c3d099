import { describe, expect, it } from '@jest/globals';
import { given } from '@streamvault/kernel/testing';
import * as fc from 'fast-check';
import { type VideoCommand, videoDecider } from './video-decider.js';
import type { VideoEvent, VideoFacts } from './video-events.js';
import type { VideoState } from './video-state.js';

const at = '2026-11-30T12:00:00.000Z';
const later = '2026-12-08T12:00:00.000Z';
const facts: VideoFacts = {
  recordingId: 7,
  outputNumber: 1,
  streamerId: 3,
  streamerName: 'Somebody',
  title: 'Evening show',
  category: null,
  recordedAt: at,
  durationSeconds: 60,
  bytes: 1000,
  width: null,
  height: null,
  codecs: null,
  file: 'Somebody/show [7].mp4',
  thumbnailFile: 'Somebody/show [7].jpg',
  chapters: [],
  gaps: [],
};
const done = { videoId: 5, by: 'ada', at };
const command = { videoId: 5, by: 'ada', at };
const added: VideoEvent = { type: 'VideoAdded', data: { videoId: 5, ...facts, at } };
const isProtected: VideoEvent = { type: 'VideoProtected', data: done };
const purgeAfter = '2026-12-07T12:00:00.000Z';
const binned: VideoEvent = { type: 'VideoBinned', data: { ...done, rule: null, bytes: 4096, purgeAfter } };
const purging: VideoEvent = {
  type: 'VideoPurgeStarted',
  data: { ...done, files: [{ file: facts.file, bytes: 4096 }] },
};
const purged: VideoEvent = { type: 'VideoPurged', data: { ...done, bytesFreed: 4096 } };
const cause = { code: 'video.file-stays', message: 'It stays.' };
const failed = (isVideoThere: boolean): VideoEvent => ({
  type: 'VideoPurgeFailed',
  data: { ...done, cause, isVideoThere },
});

const bin = (more: object = {}): VideoCommand => ({
  type: 'BinVideo',
  ...command,
  rule: null,
  bytes: 4096,
  purgeAfter,
  evenProtected: false,
  ...more,
});
const restore: VideoCommand = { type: 'RestoreVideo', ...command };
const startPurge = (more: object = {}): VideoCommand => ({
  type: 'StartPurge',
  ...command,
  at: later,
  files: [],
  beforeGraceEnds: false,
  ...more,
});

describe('a video', () => {
  it('is added once', () => {
    given([], videoDecider).when({ type: 'AddVideo', videoId: 5, facts, at }).then([added]);
    given([added], videoDecider).when({ type: 'AddVideo', videoId: 5, facts, at }).thenNothing();
  });

  it('is watched once a day at most, and becomes not watched on request', () => {
    const watched: VideoEvent = { type: 'VideoWatched', data: done };
    const unwatched: VideoEvent = { type: 'VideoUnwatched', data: done };
    const mark = (isWatched: boolean, more: object = {}): VideoCommand => ({
      type: 'MarkWatched',
      ...command,
      isWatched,
      ...more,
    });
    given([added], videoDecider).when(mark(true)).then([watched]);
    given([added, watched], videoDecider).when(mark(true)).thenNothing();
    given([added, watched], videoDecider)
      .when(mark(true, { at: later }))
      .thenState((video) => expect(video?.watchedAt).toBe(later));
    given([added, watched], videoDecider).when(mark(false)).then([unwatched]);
    given([added, watched, unwatched], videoDecider).when(mark(false)).thenNothing();
    given([added, binned], videoDecider).when(mark(true)).thenRefused('video.in-bin');
  });

  it('that was deleted is not added again', () => {
    given([added, binned, purging, purged], videoDecider)
      .when({ type: 'AddVideo', videoId: 5, facts, at })
      .thenNothing();
  });

  it('gets another title and protection, each only if that changes something', () => {
    given([added], videoDecider)
      .when({ type: 'ChangeVideo', ...command, title: 'Morning show', isProtected: true })
      .then([{ type: 'VideoRenamed', data: { ...done, title: 'Morning show' } }, isProtected]);
    given([added, isProtected], videoDecider)
      .when({ type: 'ChangeVideo', ...command, title: facts.title, isProtected: true })
      .thenNothing();
    given([added, isProtected], videoDecider)
      .when({ type: 'ChangeVideo', ...command, isProtected: false })
      .then([{ type: 'VideoUnprotected', data: done }]);
  });

  it('goes to the bin with who, why and until when', () => {
    given([added], videoDecider)
      .when(bin({ rule: 'older than 30 days' }))
      .then([{ type: 'VideoBinned', data: { ...done, rule: 'older than 30 days', bytes: 4096, purgeAfter } }]);
  });

  it('stays in the library if it is protected, unless overridden', () => {
    given([added, isProtected], videoDecider).when(bin()).thenRefused('video.protected', { videoId: 5 });
    given([added, isProtected], videoDecider)
      .when(bin({ evenProtected: true }))
      .then([binned]);
  });

  it('keeps the first reason why it is in the bin', () =>
    void given([added, binned], videoDecider)
      .when(bin({ rule: 'another' }))
      .thenNothing());

  it('comes back from the bin as it was, and can go there again', () => {
    given([added, isProtected, binned], videoDecider)
      .when(restore)
      .then([{ type: 'VideoRestored', data: done }])
      .thenState((state) => expect(state).toMatchObject({ isProtected: true, place: { kind: 'library' } }));
    given([added], videoDecider).when(restore).thenNothing();
  });

  it('is neither renamed nor protected in the bin', () =>
    void given([added, binned], videoDecider)
      .when({ type: 'ChangeVideo', ...command, isProtected: true })
      .thenRefused('video.in-bin'));

  it('is purged only from the bin, and only after its grace period, unless overridden', () => {
    given([added], videoDecider).when(startPurge()).thenRefused('video.not-in-bin');
    given([added, binned], videoDecider).when(startPurge({ at })).thenRefused('video.grace-not-over');
    given([added, binned], videoDecider)
      .when(startPurge({ at, beforeGraceEnds: true }))
      .then([{ type: 'VideoPurgeStarted', data: { ...done, files: [] } }]);
    given([added, binned], videoDecider)
      .when(startPurge())
      .then([{ type: 'VideoPurgeStarted', data: { ...done, at: later, files: [] } }]);
  });

  it('cannot be restored once its files are being removed', () => {
    given([added, binned, purging], videoDecider).when(restore).thenRefused('video.being-purged');
    given([added, binned, purging, failed(false)], videoDecider)
      .when(restore)
      .thenRefused('video.being-purged');
  });

  it('is back in the bin, and can be restored, if its file stayed', () => {
    given([added, binned, purging, failed(true)], videoDecider)
      .when(restore)
      .then([{ type: 'VideoRestored', data: done }]);
  });

  it('keeps who deleted it for ever', () => {
    for (const refused of [bin(), restore, { type: 'ChangeVideo', ...command, title: 'x' } as const])
      given([added, binned, purging, purged], videoDecider)
        .when(refused)
        .thenRefused('video.deleted', { videoId: 5, by: 'ada', rule: null, at });
  });

  it('that does not exist is not found', () => {
    for (const refused of [bin(), restore, startPurge()])
      given([], videoDecider).when(refused).thenRefused('video.not-found', { videoId: 5 });
  });

  it('is never lost between its places, whatever commands come in whatever order', () => {
    const commands: readonly VideoCommand[] = [
      { type: 'ChangeVideo', ...command, isProtected: true },
      { type: 'ChangeVideo', ...command, isProtected: false },
      bin(),
      bin({ evenProtected: true }),
      restore,
      startPurge({ at }),
      startPurge(),
      { type: 'FinishPurge', ...command, bytesFreed: 1 },
      { type: 'FailPurge', ...command, cause, isVideoThere: true },
      { type: 'FailPurge', ...command, cause, isVideoThere: false },
    ];
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...commands), { maxLength: 25 }), (asked) => {
        let state: VideoState = videoDecider.evolve(undefined, added);
        for (const each of asked) {
          const before = state?.place.kind;
          const wasProtected = state?.isProtected;
          let events: readonly VideoEvent[] = [];
          try {
            events = videoDecider.decide(each, state);
          } catch (error) {
            expect(error).toHaveProperty('code', expect.stringMatching(/^video\./));
          }
          for (const event of events) state = videoDecider.evolve(state, event);
          const after = state?.place.kind;
          // Nothing is deleted without having been in the bin, and nothing returns after deletion.
          if (before === 'library') expect(['library', 'bin']).toContain(after);
          if (before === 'purged') expect(after).toBe('purged');
          if (after === 'purged') expect(['purging', 'purged']).toContain(before);
          if (before === 'library' && after === 'bin' && wasProtected === true)
            expect(each).toMatchObject({ evenProtected: true });
        }
      }),
    );
  });
});
