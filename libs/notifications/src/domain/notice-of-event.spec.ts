import { describe, expect, it } from '@jest/globals';
import { noticeOfRecording, noticeOfVideo } from './notice-of-event.js';

const at = '2026-11-30T12:00:00.000Z';

describe('what happened, in words', () => {
  const of = { streamerId: 3, streamerName: 'Ada', title: 'Evening show' };
  const disk = { code: 'disk.full', message: 'The disk is full.' };
  const source = { code: 'source.gone', message: 'The source is gone.' };

  it.each([
    ['CaptureStarted', { at }, 'recording.started'],
    ['RecordingCompleted', { at }, 'recording.completed'],
    ['RecordingFailed', { at, cause: source }, 'recording.failed'],
    ['CaptureInterrupted', { at, cause: source, deadline: at }, 'recording.interrupted'],
    ['CaptureInterrupted', { at, cause: disk, deadline: at }, 'disk.full'],
    ['StopRequested', { at, by: 'x', cause: disk, deadline: at }, 'disk.full'],
    ['StopRequested', { at, by: 'ada', cause: null, deadline: at }, undefined],
    ['GapRecorded', { at, from: at, to: at, seconds: 12.4, cause: source }, 'recording.gap'],
    ['GapRecorded', { at, from: at, to: at, seconds: 9.9, cause: source }, undefined],
    ['StepFailed', { at, name: 'publish', attempt: 1, cause: source, retryAt: at }, undefined],
    ['StepFailed', { at, name: 'publish', attempt: 9, cause: source, retryAt: null }, 'recording.step_failed'],
    ['PartOpened', { at, number: 1 }, undefined],
  ])('%s %j is %s', (type, data, kind) => {
    expect(noticeOfRecording({ type, data }, of)?.kind).toBe(kind);
  });

  it('reports who binned a video and until when, without line breaks in a title', () => {
    const data = { videoId: 1, by: 'ada', at, rule: null, bytes: 1, purgeAfter: at };
    expect(noticeOfVideo({ type: 'VideoBinned', data }, { ...of, title: 'a\r\nBcc: b' })).toMatchObject({
      kind: 'video.binned',
      title: 'In the bin: a Bcc: b',
      text: `By ada.\nIt can be restored until ${at}.`,
    });
  });
});
