import type { RecordingEvent } from './recording-events.js';
import type { RecordingInput } from './recording-context.js';

/* One of each kind of event, for tests that need any. */

export const t0 = '2026-11-22T12:00:00.000Z';
export const after = (seconds: number): string => new Date(Date.parse(t0) + seconds * 1000).toISOString();
export const sampleCause = { code: 'test.cause', message: 'Something was wrong.' };

export const sampleRequest: RecordingInput = {
  recordingId: 7,
  streamerId: 3,
  streamerName: 'Somebody',
  source: { url: 'https://example.org/live.m3u8', platform: 'hls' },
  quality: 'best',
  ads: 'skip',
  proxies: ['home', 'direct'],
  title: null,
  category: null,
  trigger: { kind: 'user', by: 'api', reason: null },
  broadcastId: null,
  at: t0,
  deadline: after(60),
};

export const sampleOutput = {
  file: 'Somebody/a.mp4',
  bytes: 1000,
  durationSeconds: 10,
  width: 640,
  height: 360,
  codecs: 'avc1.64001f,mp4a.40.2',
  startedAt: t0,
  timeline: [{ startsAt: t0, mediaSeconds: 0, durationSeconds: 10 }],
};

export const samplePlan = [
  { name: 'thumbnail', dependsOn: [] },
  { name: 'publish', dependsOn: [] },
];

const sampleFillSource = {
  id: '2345678901',
  url: 'https://www.twitch.tv/videos/2345678901?t=0h0m4s',
  startsAt: t0,
};

export const sampleEvents: readonly RecordingEvent[] = [
  { type: 'RecordingRequested', data: sampleRequest },
  { type: 'RecordingDetailsChanged', data: { at: after(1), title: 'Another title', category: 'Music' } },
  { type: 'RecorderAssigned', data: { at: t0, recorderId: 'host.1.a', epoch: 1 } },
  { type: 'CaptureStarting', data: { at: t0, deadline: after(60) } },
  { type: 'DeadlineMoved', data: { at: t0, deadline: after(600), cause: sampleCause } },
  {
    type: 'SourceOpened',
    data: {
      at: t0,
      variant: { name: '720p', width: 1280, height: 720, codecs: null, bandwidth: null },
      targetDurationSeconds: 2,
      again: null,
    },
  },
  { type: 'CaptureStarted', data: { at: t0 } },
  { type: 'PartOpened', data: { at: t0, number: 1, container: 'ts', reason: 'start' } },
  { type: 'PartClosed', data: { at: after(10), number: 1, bytes: 1000, segments: 5, durationSeconds: 10 } },
  { type: 'GapRecorded', data: { from: after(4), to: after(6), seconds: 2, cause: sampleCause, at: after(6) } },
  { type: 'AdRecorded', data: { from: after(2), to: after(4), seconds: 2, kept: false, at: after(4) } },
  { type: 'CaptureInterrupted', data: { at: after(8), cause: sampleCause, deadline: after(188) } },
  { type: 'CaptureResumed', data: { at: after(9) } },
  { type: 'StopRequested', data: { at: after(10), by: 'api', cause: null, deadline: after(1000) } },
  { type: 'SourceEnded', data: { at: after(10), reason: 'endlist', deadline: after(1000) } },
  {
    type: 'CaptureEnded',
    data: { at: after(11), bytes: 1000, segments: 5, durationSeconds: 10, capturedRatio: 1, adSeconds: 0, retries: 0 },
  },
  { type: 'FinalizeFailed', data: { at: after(12), attempt: 1, cause: sampleCause, retryAt: after(17) } },
  {
    type: 'RecordingFinalized',
    data: { at: after(13), outputs: [sampleOutput], steps: samplePlan, deadline: after(1000) },
  },
  { type: 'StepStarted', data: { at: after(14), name: 'publish', attempt: 1 } },
  { type: 'StepSucceeded', data: { at: after(15), name: 'publish', attempt: 1, videoId: 5 } },
  {
    type: 'StepFailed',
    data: { at: after(15), name: 'thumbnail', attempt: 1, cause: sampleCause, retryAt: null },
  },
  { type: 'StepRetryRequested', data: { at: after(20), name: 'thumbnail', by: 'api', deadline: after(1000) } },
  { type: 'StepSkipped', data: { at: after(21), name: 'thumbnail', by: 'api', deadline: after(1000) } },
  { type: 'RecordingCompleted', data: { at: after(16) } },
  { type: 'RecordingFailed', data: { at: after(16), cause: sampleCause } },
  { type: 'RecordingCancelled', data: { at: after(16), by: 'api', cause: sampleCause } },
  { type: 'RecordingRetried', data: { at: after(30), by: 'api', from: 'capture', deadline: after(90) } },
  { type: 'RecordingRetried', data: { at: after(30), by: 'api', from: 'finalize', deadline: after(90) } },
  { type: 'PartsKept', data: { at: after(690), cause: sampleCause } },
  { type: 'PartsDiscarded', data: { at: after(700), bytes: 1000 } },
  {
    type: 'GapFillRequested',
    data: { at: after(800), by: 'api', from: after(4), to: after(6), source: sampleFillSource, deadline: after(2000) },
  },
  {
    type: 'GapFilled',
    data: {
      at: after(810),
      by: 'api',
      from: after(4),
      to: after(6),
      url: sampleFillSource.url,
      seconds: 2,
      mutedSeconds: 0,
      output: { ...sampleOutput, durationSeconds: 12 },
    },
  },
  { type: 'GapFillFailed', data: { at: after(820), from: after(4), to: after(6), cause: sampleCause } },
];
