import { defineContext } from '@streamvault/kernel';
import { OUTPUT_NAMES } from '@streamvault/recording';
import { AddVideoHandler } from './commands/add-video/add-video.handler.js';
import { foldVideo } from './domain/video-decider.js';
import { videoCategory, videoEvents } from './domain/video-events.js';
import { VideosController } from './http/videos.controller.js';
import { outputNames } from './naming/output-names.js';
import { GetVideoFilesHandler, GetVideoHandler, ListVideosHandler } from './queries/video-query.handlers.js';
import { videoLibraryProjection } from './read-models/video-library.projection.js';

/** The finished videos. */
export const libraryContext = defineContext({
  name: 'library',
  events: videoEvents,
  folds: { [videoCategory]: foldVideo },
  publicCategories: { [videoCategory]: videoLibraryProjection.name },
  projections: [videoLibraryProjection],
  module: () => ({
    controllers: [VideosController],
    providers: [
      AddVideoHandler,
      ListVideosHandler,
      GetVideoHandler,
      GetVideoFilesHandler,
      { provide: OUTPUT_NAMES, useValue: outputNames },
    ],
  }),
});
