import { Claims, CommandHandling, defineContext, IdSequence } from '@streamvault/kernel';
import { BroadcastStreams } from './broadcast-streams.js';
import { ReportSightingHandler } from './commands/report-sighting/report-sighting.handler.js';
import { TellBroadcastHandler } from './commands/tell-broadcast/tell-broadcast.handler.js';
import { broadcastCategory, broadcastEvents } from './domain/broadcast-events.js';
import { foldBroadcast } from './domain/broadcast-state.js';

export { BroadcastStreams } from './broadcast-streams.js';

/** Who is live, and what is recorded of it without anybody asking. */
export const automationContext = defineContext({
  name: 'automation',
  events: broadcastEvents,
  folds: { [broadcastCategory]: foldBroadcast },
  module: () => ({
    providers: [
      ReportSightingHandler,
      TellBroadcastHandler,
      {
        provide: BroadcastStreams,
        inject: [CommandHandling, Claims, IdSequence],
        useFactory: (handling: CommandHandling, claims: Claims, ids: IdSequence) =>
          new BroadcastStreams(handling, claims, ids),
      },
    ],
  }),
});
