import { CommandHandling, defineContext } from '@streamvault/kernel';
import { AddStreamerHandler } from './commands/add-streamer/add-streamer.handler.js';
import { ChangeStreamerHandler } from './commands/change-streamer/change-streamer.handler.js';
import { RemoveStreamerHandler } from './commands/remove-streamer/remove-streamer.handler.js';
import { foldStreamer } from './domain/streamer-decider.js';
import { streamerCategory, streamerEvents } from './domain/streamer-events.js';
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
  events: streamerEvents,
  folds: { [streamerCategory]: foldStreamer },
  publicCategories: { [streamerCategory]: streamerListProjection.name },
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
