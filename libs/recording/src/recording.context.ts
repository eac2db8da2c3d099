import { QueryBus } from '@nestjs/cqrs';
import type { CaptureEngine } from '@streamvault/capture';
import { defineContext, type SettingsOf } from '@streamvault/kernel';
import { RECORDING_ACTIVITY, type RecordingActivity, StreamerStreams } from '@streamvault/streamers';
import { Connections } from '@streamvault/network';
import { ActiveRecordingClaim } from './active-recording-claim.js';
import { CancelRecordingHandler } from './commands/cancel-recording/cancel-recording.handler.js';
import { ChangeRecordingDetailsHandler } from './commands/change-recording-details/change-recording-details.handler.js';
import { ReportToRecordingHandler } from './commands/report-to-recording/report-to-recording.handler.js';
import { RequestGapFillHandler } from './commands/request-gap-fill/request-gap-fill.handler.js';
import { RetryRecordingHandler } from './commands/retry-recording/retry-recording.handler.js';
import { RetryStepHandler } from './commands/retry-step/retry-step.handler.js';
import { SkipStepHandler } from './commands/skip-step/skip-step.handler.js';
import { StartRecordingHandler } from './commands/start-recording/start-recording.handler.js';
import { StopRecordingHandler } from './commands/stop-recording/stop-recording.handler.js';
import { foldRecording } from './domain/lifecycle.js';
import { recordingCategory, recordingEvents } from './domain/recording-registry.js';
import { WorkQueue } from '@streamvault/jobs';
import { ListQueueHandler } from './queries/list-queue.handler.js';
import { RecordingMetrics } from './recording-metrics.js';
import { recordingSettings } from './recording.settings.js';
import { RecordingCommandsController } from './http/recording-commands.controller.js';
import { ProxiesController } from './http/proxies.controller.js';
import { RecordingsController } from './http/recordings.controller.js';
import { StillsController } from './http/stills.controller.js';
import { WatchingLiveController } from './http/watching-live.controller.js';
import { LiveStills } from './playback/live-stills.js';
import { LiveStoryboard } from './playback/live-storyboard.js';
import { GapDownload } from './filling/gap-download.js';
import { CAPTURE_ENGINE, STREAMER_DIRECTORY, type StreamerDirectory } from './ports.js';
import { GetActiveRecordings } from './queries/recording-queries.js';
import {
  GetActiveRecordingsHandler,
  GetRecordingHandler,
  ListRecordingsHandler,
} from './queries/recording-query.handlers.js';
import { ServerSources } from './sources/server-sources.js';
import { ContributedSteps } from './recorder/contributed-steps.js';
import { recorderLeaseEvents } from './recorder/recorder-leases.js';
import { PARTS_POLICY, type PartsPolicy } from './read-models/step-list.js';
import { recordingViewProjection } from './read-models/recording-view.projection.js';

/** Recordings: from the request to the finished videos. */
export const recordingContext = defineContext({
  name: 'recording',
  events: [...recordingEvents, ...recorderLeaseEvents],
  folds: { [recordingCategory]: foldRecording },
  publicCategories: { [recordingCategory]: recordingViewProjection.name },
  projections: [recordingViewProjection],
  settings: recordingSettings,
  metrics: [RecordingMetrics],
  permissions: {
    'recordings.view': 'see recordings and play them',
    'recordings.control': 'start, stop, cancel and retry recordings',
    'queue.view': 'see the post-processing of recordings',
  },
  module: () => ({
    controllers: [
      RecordingCommandsController,
      RecordingsController,
      StillsController,
      WatchingLiveController,
      ProxiesController,
    ],
    providers: [
      StartRecordingHandler,
      StopRecordingHandler,
      CancelRecordingHandler,
      ChangeRecordingDetailsHandler,
      RetryRecordingHandler,
      RetryStepHandler,
      RequestGapFillHandler,
      {
        provide: GapDownload,
        inject: [CAPTURE_ENGINE, ServerSources, Connections],
        useFactory: (engine: CaptureEngine, sources: ServerSources, connections: Connections) =>
          new GapDownload({ engine, sources, connections }),
      },
      SkipStepHandler,
      ReportToRecordingHandler,
      ListRecordingsHandler,
      GetRecordingHandler,
      GetActiveRecordingsHandler,
      ListQueueHandler,
      LiveStills,
      {
        provide: PARTS_POLICY,
        inject: [recordingSettings.token],
        useFactory: ({ KEEP_PARTS, PARTS_GRACE_SECONDS }: SettingsOf<typeof recordingSettings>): PartsPolicy => ({
          keeps: KEEP_PARTS,
          graceSeconds: PARTS_GRACE_SECONDS,
        }),
      },
      ContributedSteps,
      LiveStoryboard,
      {
        provide: WorkQueue,
        inject: [recordingSettings.token],
        useFactory: ({ WORK_LIMIT }: SettingsOf<typeof recordingSettings>) => new WorkQueue(WORK_LIMIT),
      },
      {
        provide: STREAMER_DIRECTORY,
        inject: [StreamerStreams],
        useFactory: (streamers: StreamerStreams): StreamerDirectory => ({ find: (id) => streamers.find(id) }),
      },
      {
        provide: RECORDING_ACTIVITY,
        inject: [QueryBus, ActiveRecordingClaim],
        useFactory: (queries: QueryBus, claim: ActiveRecordingClaim): RecordingActivity => ({
          active: () => queries.execute(new GetActiveRecordings()),
          activeOf: (streamerId, now) => claim.active(streamerId, now),
        }),
      },
    ],
  }),
});
