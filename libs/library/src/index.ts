export { libraryContext } from './library.context.js';
export { AddVideo } from './commands/add-video/add-video.command.js';
export { BinVideo, type BinChoice } from './commands/bin-video/bin-video.command.js';
export { ChangeVideo } from './commands/change-video/change-video.command.js';
export { EmptyBin, type EmptiedBin } from './commands/empty-bin/empty-bin.command.js';
export { ImportLibrary } from './commands/import-library/import-library.command.js';
export { PurgeVideo, type PurgeOutcome } from './commands/purge-video/purge-video.command.js';
export { RestoreVideo } from './commands/restore-video/restore-video.command.js';
export { LibraryStream } from './choices/library-stream.js';
export { VideoFiles } from './bin/video-files.js';
export { SHARED_VIDEOS, type SharedVideos } from './watching/shared-videos.js';
export { RecentlyWatched } from './watching/recently-watched.js';
export { foldVideo } from './domain/video-decider.js';
export { VideoBeingPurged, VideoDeleted, VideoInBin, VideoIsProtected, VideoNotFound } from './domain/video-errors.js';
export type { BinEntry, ExistingVideo, VideoPlace } from './domain/video-state.js';
export { videoEvents, type VideoFacts } from './domain/video-events.js';
export {
  FindDeletedVideo,
  type FoundDeletion,
  GetVideo,
  GetVideoFiles,
  ListBin,
  ListDeletedVideos,
  ListVideos,
  type VideoCursor,
  type VideoFilter,
  type VideoSort,
} from './queries/video-queries.js';
export { ListVideosHandler } from './queries/list-videos.handler.js';
export { videoLibraryProjection } from './read-models/video-library.projection.js';
export { LibraryFigures } from './statistics/library-statistics.js';
export { VideoStreams } from './video-streams.js';
export { VideoRow } from './read-models/video-row.entity.js';
export { sanitizeName } from './naming/file-name.js';
export { FileGuard } from './filling/file-guard.js';
export { GapFiller } from './filling/gap-filler.js';
export { FillAGapWhenSomebodyAsks } from './reactions/fill-a-gap-when-somebody-asks.js';
