import type {
  AuditEvent,
  DiskHealth,
  Lifecycle,
  LoggedEvent,
  Projection,
  Recording,
  StreamState,
  Streamer,
  Video,
} from '@streamvault/api-contract';

/** Things as the server would answer them, complete and valid; a test or the fake server names only what matters to it. */
export const aStreamer = (change: Partial<Streamer> = {}): Streamer => ({
  id: 1,
  name: 'Harbour camera',
  url: 'https://live.example/harbour/master.m3u8',
  platform: 'hls',
  autoRecord: false,
  quality: 'best',
  ads: 'skip',
  proxies: null,
  isLive: null,
  title: null,
  category: null,
  activeRecordingId: null,
  createdAt: '2026-11-20T08:00:00.000Z',
  ...change,
});

export const aRecording = (change: Partial<Recording> = {}): Recording => ({
  id: 3,
  streamerId: 1,
  streamerName: 'Harbour camera',
  state: 'capturing',
  title: null,
  category: null,
  titles: [],
  trigger: { kind: 'user', by: 'api', reason: null },
  broadcastId: null,
  requestedAt: '2026-11-22T20:59:58.000Z',
  startedAt: '2026-11-22T21:00:00.000Z',
  endedAt: null,
  bytes: 48_000_000,
  durationSeconds: 64,
  segments: 32,
  capturedRatio: 1,
  gapSeconds: 0,
  gaps: [],
  adSeconds: 0,
  ads: [],
  stallSeconds: 0,
  stalls: [],
  retries: 0,
  reResolves: 0,
  parts: [
    {
      number: 1,
      bytes: 48_000_000,
      durationSeconds: 64,
      openedAt: '2026-11-22T21:00:00.000Z',
      closedAt: null,
      container: 'ts',
      reason: 'start',
    },
  ],
  steps: [
    { name: 'publish', state: 'waiting', attempts: 0, error: null, retryAt: null, dependsOn: [] },
    { name: 'thumbnail', state: 'waiting', attempts: 0, error: null, retryAt: null, dependsOn: [] },
  ],
  videoId: null,
  failure: null,
  interruption: null,
  deadline: null,
  playable: true,
  revision: '4',
  ...change,
});

export const aDisk = (change: Partial<DiskHealth> = {}): DiskHealth => ({
  folders: ['DATA_DIR', 'RECORDINGS_DIR'],
  path: '/data/work',
  level: 'ok',
  freeBytes: 68_200_000_000,
  totalBytes: 250_000_000_000,
  bytesPerSecond: 0,
  secondsToFull: null,
  warnBelowBytes: 10_000_000_000,
  refuseBelowBytes: 2_000_000_000,
  stopBelowBytes: 500_000_000,
  ...change,
});

export const aVideo = (change: Partial<Video> = {}): Video => ({
  id: 7,
  recordingId: 3,
  streamerId: 1,
  streamerName: 'Harbour camera',
  title: 'Ferries at dusk',
  category: null,
  recordedAt: '2026-11-21T18:00:00.000Z',
  durationSeconds: 3723,
  bytes: 2_400_000_000,
  width: 1920,
  height: 1080,
  codecs: 'avc1.64002a,mp4a.40.2',
  protected: false,
  watchedAt: null,
  origin: null,
  chapters: [],
  gaps: [],
  fileName: 'Harbour camera/2026-11-21 Ferries at dusk.mp4',
  thumbnailUrl: '/api/videos/7/thumbnail',
  streamUrl: '/api/videos/7/stream',
  bin: null,
  ...change,
});

export const anEvent = (
  type: string,
  data: Record<string, unknown> = {},
  change: Partial<LoggedEvent> = {},
): LoggedEvent => ({
  id: '0b9f1d7c-52a4-4f59-8d5c-3a2f2c1f0e01',
  stream: 'recording-3',
  revision: '0',
  position: '10',
  type,
  version: 1,
  data: { at: '2026-11-22T21:00:00.000Z', ...data },
  metadata: {
    actor: 'recorder',
    $correlationId: '5f0c4be2-6c2f-4c0c-9f57-6e6b6f8f0a11',
    $causationId: '5f0c4be2-6c2f-4c0c-9f57-6e6b6f8f0a11',
  },
  recordedAt: '2026-11-22T21:00:00.010Z',
  ...change,
});

export const anAuditEvent = (
  event: LoggedEvent = anEvent('StopRequested'),
  change: Partial<AuditEvent> = {},
): AuditEvent => ({
  event,
  origin: {
    correlationId: '5f0c4be2-6c2f-4c0c-9f57-6e6b6f8f0a11',
    actor: 'api',
    at: '2026-11-22T20:59:58.000Z',
  },
  causes: [],
  effects: [],
  ...change,
});

export const aStreamState = (change: Partial<StreamState> = {}): StreamState => ({
  stream: 'recording-3',
  revision: '2',
  position: '12',
  recordedAt: '2026-11-22T21:00:00.010Z',
  headRevision: '2',
  state: { state: 'capturing', context: { startedAt: null, endedAt: null, parts: [], gaps: [], steps: [] } },
  ...change,
});

export const aProjection = (change: Partial<Projection> = {}): Projection => ({
  name: 'recording-view',
  version: 1,
  state: 'live',
  position: '120',
  lagSeconds: 0,
  error: null,
  poisonedEvent: null,
  rebuild: null,
  ...change,
});

const arrow = (event: string, target: string, description: string) => ({ event, target, description });

const whileTaking = (state: string) => [
  arrow('PartOpened', state, 'A new file was begun.'),
  arrow('PartClosed', state, 'A file is complete.'),
  arrow('GapRecorded', state, 'A span of the broadcast could not be fetched.'),
  arrow('StopRequested', 'finalizing', 'Somebody asked to stop.'),
  arrow('RecordingCancelled', 'cancelled', 'Cancelled; what was captured stays, without a video.'),
];

/** The lifecycle as the server's machine describes it. */
export const theLifecycle: Lifecycle = {
  id: 'recording',
  initial: 'requested',
  states: [
    {
      name: 'requested',
      description: 'Requested; a recorder is about to take it up.',
      final: false,
      waiting: true,
      transitions: [
        arrow('CaptureStarting', 'starting', 'A recorder took it up and opens the source.'),
        arrow('RecordingCancelled', 'cancelled', 'Cancelled before anything was fetched.'),
        arrow('RecordingFailed', 'failed', 'No recorder took it up in time.'),
      ],
    },
    {
      name: 'starting',
      description: 'The source is being opened; nothing has been written yet.',
      final: false,
      waiting: true,
      transitions: [
        arrow('CaptureStarted', 'capturing', 'The first bytes are on disk.'),
        arrow('SourceEnded', 'finalizing', 'The broadcast was over before it began.'),
        arrow('RecordingFailed', 'failed', 'The source could not be opened.'),
        ...whileTaking('starting'),
      ],
    },
    {
      name: 'capturing',
      description: 'Bytes are arriving and written.',
      final: false,
      waiting: false,
      transitions: [
        arrow('CaptureInterrupted', 'reconnecting', 'No bytes arrive any more.'),
        arrow('SourceEnded', 'finalizing', 'The source said that the broadcast is over.'),
        ...whileTaking('capturing'),
      ],
    },
    {
      name: 'reconnecting',
      description: 'No bytes arrive; StreamVault retries the source until patience runs out.',
      final: false,
      waiting: true,
      transitions: [
        arrow('CaptureResumed', 'capturing', 'Bytes arrive again.'),
        arrow('SourceEnded', 'finalizing', 'The broadcast is over, or patience ran out.'),
        ...whileTaking('reconnecting'),
      ],
    },
    {
      name: 'finalizing',
      description: 'The capture is closed, and its parts become one checked video file.',
      final: false,
      waiting: true,
      transitions: [
        arrow('CaptureEnded', 'finalizing', 'The ledger is closed and counted.'),
        arrow('FinalizeFailed', 'finalizing', 'It failed; StreamVault retries.'),
        arrow('RecordingFinalized', 'postProcessing', 'The video file is complete and checked against the ledger.'),
        arrow('RecordingCancelled', 'cancelled', 'Cancelled, or nothing had been captured.'),
        arrow('RecordingFailed', 'failed', 'The video could not be made; the parts are kept.'),
      ],
    },
    {
      name: 'postProcessing',
      description: 'The video is there; thumbnail and library entry are being made.',
      final: false,
      waiting: true,
      transitions: [
        arrow('StepStarted', 'postProcessing', 'A step began.'),
        arrow('StepSucceeded', 'postProcessing', 'A step is done; the next one follows.'),
        arrow('StepFailed', 'postProcessing', 'A step failed; others go on.'),
        arrow('RecordingCompleted', 'completed', 'Every step is done or given up.'),
      ],
    },
    {
      name: 'completed',
      description: 'The video is in the library.',
      final: true,
      waiting: false,
      transitions: [arrow('StepRetryRequested', 'postProcessing', 'Somebody asked to try a failed step again.')],
    },
    {
      name: 'failed',
      description: 'It failed; everything captured is kept, and it can be retried.',
      final: true,
      waiting: false,
      transitions: [
        arrow('RecordingRetried', 'requested', 'Retried from the source.'),
        arrow('RecordingRetried', 'finalizing', 'Retried from what was captured.'),
      ],
    },
    {
      name: 'cancelled',
      description: 'Cancelled. What was captured stays playable, without a video.',
      final: true,
      waiting: false,
      transitions: [],
    },
  ],
};
