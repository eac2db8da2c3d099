import { defineContext, INSTALLATION, type Installation } from '@streamvault/kernel';
import { GAP_GUARD, OUTPUT_GUARD, OUTPUT_NAMES } from '@streamvault/recording';
import { NAME_TEMPLATES } from '@streamvault/streamers';
import { join } from 'node:path';
import { EmptyBinJob } from './bin/empty-bin.job.js';
import { FilesBesideVideo } from './files/files-beside-video.js';
import { VideoFiles } from './bin/video-files.js';
import { AddVideoHandler } from './commands/add-video/add-video.handler.js';
import { BinVideoHandler } from './commands/bin-video/bin-video.handler.js';
import { ChangeVideoHandler } from './commands/change-video/change-video.handler.js';
import { EmptyBinHandler } from './commands/empty-bin/empty-bin.handler.js';
import { ImportLibraryHandler } from './commands/import-library/import-library.handler.js';
import { MarkWatchedHandler } from './commands/mark-watched/mark-watched.handler.js';
import { PurgeVideoHandler } from './commands/purge-video/purge-video.handler.js';
import { RestoreVideoHandler } from './commands/restore-video/restore-video.handler.js';
import { foldVideo } from './domain/video-decider.js';
import { videoCategory, videoEvents } from './domain/video-events.js';
import { FileGuard } from './filling/file-guard.js';
import { GapFiller } from './filling/gap-filler.js';
import { FillAGapWhenSomebodyAsks } from './reactions/fill-a-gap-when-somebody-asks.js';
import { BulkController } from './http/bulk.controller.js';
import { CutsController } from './http/cuts.controller.js';
import { WatchingController } from './http/watching.controller.js';
import { CutBoard } from './cutting/cut-board.js';
import { VideoCutter } from './cutting/video-cutter.js';
import { LibraryFigures } from './statistics/library-statistics.js';
import { LibraryMender } from './upkeep/library-mender.js';
import { WatchRecords } from './watching/watch-records.js';
import { BinController } from './http/bin.controller.js';
import { LibraryController } from './http/library.controller.js';
import { LibrarySettingsController } from './http/library-settings.controller.js';
import { LibraryMover } from './moving/library-move.js';
import { MoveLibraryJob } from './moving/move-library.job.js';
import { VideoMover } from './moving/video-mover.js';
import { VideoCommandsController } from './http/video-commands.controller.js';
import { VideoFilesController } from './http/video-files.controller.js';
import { VideosController } from './http/videos.controller.js';
import { VideoTimelineController } from './http/video-timeline.controller.js';
import { ImportBoard } from './import/import-board.js';
import { VideoImporter } from './import/video-importer.js';
import { VideoRestorer } from './import/video-restorer.js';
import { librarySettings } from './library-settings.js';
import { Episodes } from './naming/episodes.js';
import { LibraryNames } from './naming/library-names.js';
import { Templates } from './naming/templates.js';
import { MakeStoryboardWhenAVideoComesFromElsewhere } from './reactions/make-storyboard-when-a-video-comes-from-elsewhere.js';
import { WriteSidecarsWhenAVideoChanges } from './reactions/write-sidecars-when-a-video-changes.js';
import { SidecarWriter } from './sidecars/sidecar-writer.js';
import { librarySteps } from './steps/library-steps.js';
import { RecordedFiles } from './steps/recorded-files.js';
import { foldLibrary, libraryCategory, libraryEvents } from './choices/library-choices.js';
import { LibraryStream } from './choices/library-stream.js';
import { WriteSidecarsJob } from './upkeep/write-sidecars.job.js';
import { FindDeletedVideoHandler, ListBinHandler, ListDeletedVideosHandler } from './queries/bin-query.handlers.js';
import { ListVideosHandler } from './queries/list-videos.handler.js';
import { GetVideoFilesHandler, GetVideoHandler, ListVideosByIdHandler } from './queries/video-query.handlers.js';
import { videoLibraryProjection } from './read-models/video-library.projection.js';
import { CheckConsistencyJob } from './upkeep/check-consistency.job.js';
import { SweepLeftoversJob } from './upkeep/sweep-leftovers.job.js';
import { LibraryCheck } from './upkeep/library-check.js';
import { VideoGuard } from './upkeep/video-guard.js';
import { VideoStreams } from './video-streams.js';
import { RecentlyWatched } from './watching/recently-watched.js';

/** The finished videos: the library, the bin, and what is remembered about deleted ones. */
export const libraryContext = defineContext({
  name: 'library',
  events: [...videoEvents, ...libraryEvents],
  folds: { [videoCategory]: foldVideo, [libraryCategory]: foldLibrary },
  publicCategories: {
    [videoCategory]: videoLibraryProjection.name,
    [libraryCategory]: { projection: null, permission: 'videos.view' },
  },
  projections: [videoLibraryProjection],
  settings: librarySettings,
  reactions: [WriteSidecarsWhenAVideoChanges, MakeStoryboardWhenAVideoComesFromElsewhere, FillAGapWhenSomebodyAsks],
  steps: librarySteps,
  jobs: [EmptyBinJob, SweepLeftoversJob, CheckConsistencyJob, WriteSidecarsJob, MoveLibraryJob],
  permissions: {
    'videos.view': 'See the library, and what is in the bin.',
    'videos.watch': 'Play videos.',
    'videos.download': 'Save videos as files.',
    'videos.change': 'Rename and protect videos.',
    'videos.import': 'Import videos that lie in the folder of the library.',
    'library.change': 'Choose how videos are named and what is written beside them, and move the library.',
    'videos.delete': 'Delete videos into the bin, and restore them.',
    'videos.purge': 'Empty the bin.',
  },
  module: () => ({
    controllers: [
      VideosController,
      VideoTimelineController,
      VideoFilesController,
      VideoCommandsController,
      CutsController,
      BinController,
      LibraryController,
      LibrarySettingsController,
      BulkController,
      WatchingController,
    ],
    providers: [
      AddVideoHandler,
      ListVideosHandler,
      GetVideoHandler,
      ListVideosByIdHandler,
      GetVideoFilesHandler,
      VideoStreams,
      VideoFiles,
      FilesBesideVideo,
      ImportLibraryHandler,
      VideoImporter,
      ImportBoard,
      VideoRestorer,
      VideoMover,
      VideoCutter,
      CutBoard,
      LibraryFigures,
      LibraryMender,
      {
        provide: WatchRecords,
        inject: [INSTALLATION],
        useFactory: ({ dataDirectory, sharedDatabaseUrl }: Installation) =>
          WatchRecords.open(sharedDatabaseUrl ?? `sqlite:${join(dataDirectory, 'watching.db')}`),
      },
      LibraryMover,
      LibraryCheck,
      RecentlyWatched,
      ChangeVideoHandler,
      MarkWatchedHandler,
      BinVideoHandler,
      RestoreVideoHandler,
      PurgeVideoHandler,
      EmptyBinHandler,
      ListBinHandler,
      ListDeletedVideosHandler,
      FindDeletedVideoHandler,
      LibraryStream,
      Episodes,
      LibraryNames,
      Templates,
      { provide: NAME_TEMPLATES, useExisting: Templates },
      SidecarWriter,
      RecordedFiles,
      { provide: OUTPUT_NAMES, useExisting: LibraryNames },
      GapFiller,
      FileGuard,
      { provide: GAP_GUARD, useExisting: FileGuard },
      VideoGuard,
      { provide: OUTPUT_GUARD, useExisting: VideoGuard },
    ],
  }),
});
