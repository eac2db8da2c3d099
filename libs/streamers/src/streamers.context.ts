import { CommandHandling, defineContext } from '@streamvault/kernel';
import { AddStreamerHandler } from './commands/add-streamer/add-streamer.handler.js';
import { ChangeStreamerHandler } from './commands/change-streamer/change-streamer.handler.js';
import { RemoveStreamerHandler } from './commands/remove-streamer/remove-streamer.handler.js';
import { ChangeStreamerDefaultsHandler } from './commands/change-defaults/change-defaults.handler.js';
import { defaultsCategory } from './domain/defaults-decider.js';
import { foldStreamer } from './domain/streamer-decider.js';
import { streamerCategory, streamerDefaultsChanged, streamerEvents } from './domain/streamer-events.js';
import { StreamersController } from './http/streamers.controller.js';
import {
  FindStreamerByUrlHandler,
  GetStreamerHandler,
  ListStreamersHandler,
} from './queries/streamer-query.handlers.js';
import { streamerListProjection } from './read-models/streamer-list.projection.js';
import { StreamerStreams } from './streamer-streams.js';

/** Who is recorded, from where, and how. */
export const streamersContext = defineContext({
  name: 'streamers',
  events: [...streamerEvents, streamerDefaultsChanged],
  folds: { [streamerCategory]: foldStreamer },
  publicCategories: {
    [streamerCategory]: streamerListProjection.name,
    [defaultsCategory]: { projection: null, permission: 'streamers.view' },
  },
  projections: [streamerListProjection],
  permissions: {
    'streamers.view': 'see streamers and how they are recorded',
    'streamers.change': 'add, change and remove streamers',
  },
  module: () => ({
    controllers: [StreamersController],
    providers: [
      AddStreamerHandler,
      ChangeStreamerHandler,
      RemoveStreamerHandler,
      ChangeStreamerDefaultsHandler,
      ListStreamersHandler,
      GetStreamerHandler,
      FindStreamerByUrlHandler,
      {
        provide: StreamerStreams,
        inject: [CommandHandling],
        useFactory: (handling: CommandHandling) => new StreamerStreams(handling),
      },
    ],
  }),
});
