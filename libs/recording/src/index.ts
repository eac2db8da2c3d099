export { recordingContext } from './recording.context.js';
export { diskThresholdsOf, recordingSettings, twitchSettingsOf } from './recording.settings.js';
export { ActiveRecordingClaim } from './active-recording-claim.js';
export { CancelRecording } from './commands/cancel-recording/cancel-recording.command.js';
export { ChangeRecordingDetails } from './commands/change-recording-details/change-recording-details.command.js';
export type { Outcome } from './commands/outcome.js';
export { ReportToRecording } from './commands/report-to-recording/report-to-recording.command.js';
export { RetryRecording } from './commands/retry-recording/retry-recording.command.js';
export { RequestGapFill } from './commands/request-gap-fill/request-gap-fill.command.js';
export { RetryStep } from './commands/retry-step/retry-step.command.js';
export { SkipStep } from './commands/skip-step/skip-step.command.js';
export { StartRecording, type RecordingOccasion } from './commands/start-recording/start-recording.command.js';
export { StopRecording } from './commands/stop-recording/stop-recording.command.js';
export { describeLifecycle, foldRecording, recordingStateNames, type RecordingStateName } from './domain/lifecycle.js';
export { GapNotFillable, GapNotFound, RecordingNotFound } from './domain/recording-errors.js';
export type { Output, PlannedStep, RecordingEvent, Trigger } from './domain/recording-events.js';
export { chapterName, chaptersOf, mediaSecondsAt, type VideoChapter } from './domain/media-time.js';
export { whyGapStays } from './domain/decide/decide-gap-fill.js';
export { filledTimeline } from './domain/filled-timeline.js';
export { GapDownload, type FetchedSpan } from './filling/gap-download.js';
export { type GapFillStatus, SOUND_GAP, type RecordingContext } from './domain/recording-context.js';
export { defaultRecordingPolicy, type RecordingPolicy } from './domain/recording-policy.js';
export { recordingCategory, recordingEvents, recordingStream } from './domain/recording-registry.js';
export {
  type AwaitingRecording,
  type ClosedCapture,
  type Clock,
  type Finalizer,
  CAPTURE_ENGINE,
  GAP_GUARD,
  type GapGuard,
  OUTPUT_GUARD,
  OUTPUT_NAMES,
  type OutputGuard,
  type OutputNames,
  RECORDING_ADMISSION,
  type RecordingAdmission,
  type RecordedStreamer,
  type SourceResolver,
  type WantedBroadcast,
  STREAMER_DIRECTORY,
  type StreamerDirectory,
} from './ports.js';
export { LibraryRoot } from './closing/library-root.js';
export { watchDisks } from './disk/watch-disks.js';
export { RecordingMedia } from './playback/recording-media.js';
export { GetActiveRecordings, GetRecording, ListQueue, ListRecordings } from './queries/recording-queries.js';
export {
  GetActiveRecordingsHandler,
  GetRecordingHandler,
  ListRecordingsHandler,
} from './queries/recording-query.handlers.js';
export { RecorderHost, type RecorderHostParts } from './recorder/recorder-host.js';
export { DEMO_DEMAND, ServerSources } from './sources/server-sources.js';
export { ListQueueHandler } from './queries/list-queue.handler.js';
export { foldOpenRecordings } from './read-models/fold-open-recordings.js';
export { findDiscardable, findOpenRecordings } from './read-models/open-recordings.js';
export { RecordingRow } from './read-models/recording-row.entity.js';
export { recordingViewProjection } from './read-models/recording-view.projection.js';
export { ContributedSteps } from './recorder/contributed-steps.js';
export { RecordingEffects } from './recorder/effects.js';
export { liveProgress } from './recorder/live-progress.js';
export { ProgressBoard, type LiveFigures } from './recorder/progress-board.js';
export { Recorder, type SendReport } from './recorder/recorder.js';
export { type RootPresence, WorkFolders } from './recorder/work-folders.js';
export { RecordingStreams } from './recording-streams.js';
export { RecorderMetrics } from './recorder/recorder-metrics.js';
export { SourceProxiesHealth, StreamlinkHealth, TwitchAccountHealth } from './sources/source-health.js';
