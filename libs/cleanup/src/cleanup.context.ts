import { defineContext } from '@streamvault/kernel';
import { CleanupStreams } from './cleanup-streams.js';
import { ChangeCleanupHandler } from './commands/change-cleanup/change-cleanup.handler.js';
import { RunCleanupHandler } from './commands/run-cleanup/run-cleanup.handler.js';
import { foldCleanup } from './domain/cleanup-decider.js';
import { cleanupCategory, cleanupEvents, cleanupRunCategory } from './domain/cleanup-events.js';
import { CleanupController } from './http/cleanup.controller.js';
import { StreamerCleanupController } from './http/streamer-cleanup.controller.js';
import {
  GetCleanupSettingsHandler,
  ListCleanupRunsHandler,
  PreviewCleanupHandler,
} from './queries/cleanup-query.handlers.js';
import { CleanupJob } from './run/cleanup.job.js';
import { DiskForecastJob } from './run/disk-forecast.job.js';
import { LibrarySnapshots } from './run/library-snapshot.js';

/** Which videos are removed automatically, and which never. */
export const cleanupContext = defineContext({
  name: 'cleanup',
  events: cleanupEvents,
  folds: { [cleanupCategory]: foldCleanup, [cleanupRunCategory]: foldCleanup },
  publicCategories: {
    [cleanupCategory]: { projection: null, permission: 'cleanup.view' },
    [cleanupRunCategory]: { projection: null, permission: 'cleanup.view' },
  },
  jobs: [CleanupJob, DiskForecastJob],
  permissions: {
    'cleanup.view': 'See the cleanup rules, and what they would remove.',
    'cleanup.change': 'Change the cleanup rules.',
    'cleanup.run': 'Let the rules remove videos now.',
  },
  module: () => ({
    controllers: [CleanupController, StreamerCleanupController],
    providers: [
      CleanupStreams,
      LibrarySnapshots,
      ChangeCleanupHandler,
      RunCleanupHandler,
      GetCleanupSettingsHandler,
      PreviewCleanupHandler,
      ListCleanupRunsHandler,
    ],
  }),
});
