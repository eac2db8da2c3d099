export { AddVideo } from './commands/add-video/add-video.command.js';
export { AddVideoHandler } from './commands/add-video/add-video.handler.js';
export { VideoNotFound } from './domain/video-errors.js';
export { videoEvents, type VideoFacts } from './domain/video-events.js';
export { GetVideo, GetVideoFiles, ListVideos, type VideoCursor, type VideoSort } from './queries/video-queries.js';
export { GetVideoFilesHandler, GetVideoHandler, ListVideosHandler } from './queries/video-query.handlers.js';
export { videoLibraryProjection } from './read-models/video-library.projection.js';
export { VideoRow } from './read-models/video-row.entity.js';
