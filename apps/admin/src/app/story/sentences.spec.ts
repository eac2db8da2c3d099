import { describe, expect, it } from '@jest/globals';
import { anEvent } from '../../../testing/fixtures';
import { actorOf, tell, toldTypes } from './sentences';

const cause = { code: 'source.timeout', message: 'The source did not answer within 10 seconds.' };
const sentence = (type: string, data: Record<string, unknown> = {}): string => tell(anEvent(type, data)).text;

describe('an event in plain words', () => {
  it.each([
    [
      'RecordingRequested',
      { streamerName: 'Harbour camera', quality: '720p' },
      'Recording of Harbour camera requested (720p).',
    ],
    [
      'RecordingDetailsChanged',
      { title: 'Evening show', category: 'Music' },
      'The broadcast is called “Evening show”, in Music.',
    ],
    ['RecordingDetailsChanged', { title: null, category: null }, 'The broadcast has no title.'],
    ['StepSkipped', { name: 'thumbnail', by: 'api' }, 'Somebody skipped step “Thumbnail”.'],
    ['RecorderAssigned', { recorderId: 'host.1.a', epoch: 1 }, 'A recorder took it up.'],
    ['RecorderAssigned', { recorderId: 'host.2.b', epoch: 2 }, 'A recorder took it over.'],
    ['CaptureStarting', {}, 'The recorder opened the source.'],
    [
      'SourceOpened',
      { variant: { name: null, width: 1280, height: 720 }, targetDurationSeconds: 2 },
      'The source answered at 1280 × 720, in segments of 2 s.',
    ],
    ['SourceOpened', { again: 'refused' }, 'The source refused its address; a new one was found.'],
    ['CaptureStarted', {}, 'The first bytes were on disk.'],
    ['PartOpened', { number: 2, reason: 'restart' }, 'Part 2 was begun after an interruption.'],
    ['PartClosed', { number: 2, bytes: 5_000_000, durationSeconds: 61 }, 'Part 2 is complete: 1:01, 5.00 MB.'],
    ['GapRecorded', { seconds: 21, cause }, '21 s lost: The source did not answer within 10 seconds.'],
    ['AdRecorded', { seconds: 30, kept: false }, 'Advertising of 30 s was left out.'],
    ['AdRecorded', { seconds: 60, kept: true }, 'Advertising of 1 min was recorded with the rest.'],
    [
      'CaptureInterrupted',
      { cause: { code: 'x', message: 'The network is down' } },
      'The stream stopped sending data: The network is down.',
    ],
    [
      'CaptureInterrupted',
      { cause: { code: 'source.ended', message: 'The source ended' } },
      'The source ended; StreamVault waits for the streamer to come back.',
    ],
    ['CaptureResumed', {}, 'Data arrived again; the same recording went on.'],
    ['StopRequested', { by: 'api' }, 'Somebody asked to stop.'],
    ['SourceEnded', { reason: 'endlist' }, 'The source said that the broadcast is over.'],
    ['SourceEnded', { reason: 'gave-up' }, 'The source stayed away for too long, so the broadcast counts as over.'],
    [
      'CaptureEnded',
      { bytes: 48_000_000, durationSeconds: 64, capturedRatio: 0.981, adSeconds: 30 },
      'The capture ended with 1:04, 48.0 MB, 98.1 % of the broadcast; 30 s of the broadcast were advertising.',
    ],
    [
      'FinalizeFailed',
      { attempt: 2, cause: { code: 'x', message: 'The disk is full' }, retryAt: null },
      'The video could not be made (attempt 2): The disk is full. StreamVault does not retry.',
    ],
    [
      'RecordingFinalized',
      { outputs: [{ bytes: 47_000_000, durationSeconds: 64 }] },
      'The video file is complete and checked against the ledger: 1:04, 47.0 MB.',
    ],
    ['RecordingFinalized', { outputs: [{}, {}] }, '2 video files are complete and checked against the ledger.'],
    ['StepStarted', { name: 'thumbnail', attempt: 1 }, 'Step “Thumbnail” began.'],
    ['StepSucceeded', { name: 'publish', attempt: 1 }, 'Step “Publish” is done.'],
    [
      'StepFailed',
      { name: 'thumbnail', attempt: 3, cause: { code: 'x', message: 'no picture' }, retryAt: null },
      'Step “Thumbnail” failed (attempt 3): no picture. StreamVault does not retry.',
    ],
    ['StepRetryRequested', { name: 'thumbnail', by: 'api' }, 'Somebody asked to try step “Thumbnail” again.'],
    ['RecordingCompleted', {}, 'Everything is done.'],
    ['RecordingFailed', { cause }, 'The recording failed: The source did not answer within 10 seconds.'],
    ['RecordingCancelled', { by: 'deadline' }, 'A deadline cancelled it.'],
    ['RecordingRetried', { by: 'api', from: 'capture' }, 'Somebody asked to try it again, from the source.'],
    ['RecordingRetried', { by: 'api', from: 'finalize' }, 'Somebody asked to try it again, from what was captured.'],
    ['PartsDiscarded', { bytes: 1_000_000 }, 'The raw parts were removed and freed 1.00 MB; the video has it all.'],
    ['GapFillRequested', { by: 'api' }, "Somebody asked to fill a gap from the platform's own video."],
    [
      'GapFilled',
      { seconds: 60, mutedSeconds: 10 },
      "A gap was filled with 1:00 of the platform's own video, a part of it muted there. It stays in this story.",
    ],
    [
      'GapFillFailed',
      { cause },
      'The video is as it was, because a gap could not be filled: The source did not answer within 10 seconds.',
    ],
    ['StreamerAdded', { name: 'Night radio' }, 'Night radio was added.'],
    ['StreamerChanged', { name: 'Day radio' }, 'The streamer was changed; it is called Day radio.'],
    ['StreamerRemoved', {}, 'The streamer was removed.'],
    ['IdAllocated', { kind: 'recording' }, 'A number was given out for a recording.'],
    ['IdempotencyKeyUsed', {}, 'A request came with an idempotency key.'],
    [
      'DeadlineMoved',
      { cause: { code: 'x', message: 'No recorder was there.' } },
      'The deadline was moved: No recorder was there.',
    ],
    ['VideoAdded', { title: 'Ferries at dusk' }, '“Ferries at dusk” went into the library.'],
  ])('%s', (type, data, text) => {
    expect(sentence(type, data)).toBe(text);
  });

  it('says when it is tried again', () => {
    const retryAt = new Date(2026, 10, 22, 21, 4, 33).toISOString();
    expect(sentence('StepFailed', { name: 'publish', attempt: 1, cause, retryAt })).toMatch(/retries at 21:04:33\.$/);
  });

  it.each(toldTypes)('tells %s even where its data is empty or of another shape', (type) => {
    for (const data of [{}, { cause: 'a word', outputs: 7, variant: null, number: 'two', name: 1, seconds: 'x' }]) {
      const { text } = tell({ type, data });
      expect(text).toMatch(/\S+\.$/);
      expect(text).not.toMatch(/undefined|null|NaN|\[object| {2}/);
    }
  });

  it('tells a type it does not know by its name, and none by a name that every object has', () => {
    expect(sentence('ChatLogAttached')).toBe('Chat log attached.');
    expect(sentence('constructor')).toBe('Constructor.');
  });

  it('names who made it happen', () => {
    expect(actorOf({ metadata: { actor: 'recorder' } })).toBe('The recorder');
    expect(actorOf({ metadata: { actor: 'api' } })).toBe('By request');
    expect(actorOf({ metadata: { actor: 'nightlyCleanup' } })).toBe('Nightly cleanup');
    expect(actorOf({ metadata: {} })).toBeNull();
  });
});
