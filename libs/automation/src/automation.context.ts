import { Claims, CommandHandling, defineContext, IdSequence } from '@streamvault/kernel';
import { StreamerStreams } from '@streamvault/streamers';
import { BROADCAST_POLICIES } from './broadcast-policies.js';
import { BroadcastStreams } from './broadcast-streams.js';
import { ReportSightingHandler } from './commands/report-sighting/report-sighting.handler.js';
import { TellBroadcastHandler } from './commands/tell-broadcast/tell-broadcast.handler.js';
import { broadcastCategory, broadcastEvents } from './domain/broadcast-events.js';
import { foldBroadcast } from './domain/broadcast-state.js';
import { twitchEvents } from './eventsub/notice-events.js';
import { BroadcastsController } from './http/broadcasts.controller.js';
import { ListBroadcastsHandler, ListDetectionsHandler } from './queries/broadcast-query.handlers.js';
import { ChangeRecordingDetailsWhenTitleChanges } from './reactions/change-recording-details-when-title-changes.js';
import { JudgeAgainWhenSettingsChange } from './reactions/judge-again-when-settings-change.js';
import { StartRecordingWhenBroadcastGoesLive } from './reactions/start-recording-when-broadcast-goes-live.js';
import { StopRecordingWhenBroadcastEnds } from './reactions/stop-recording-when-broadcast-ends.js';
import { TellBroadcastWhatItsRecordingDoes } from './reactions/tell-broadcast-what-its-recording-does.js';
import { broadcastViewProjection } from './read-models/broadcast-view.projection.js';
import { OpenBroadcasts } from './read-models/open-broadcasts.js';
import { RecordingStarter } from './recording-starter.js';
import { StreamerPolicies } from './streamer-policies.js';
import { twitchSettings } from './twitch/twitch-settings.js';
import { BroadcastKeeper } from './watch/broadcast-keeper.js';
import { StartRetries } from './watch/start-retries.js';

/** Who is live, and what is recorded of it without anybody asking. */
export const automationContext = defineContext({
  name: 'automation',
  events: [...broadcastEvents, ...twitchEvents],
  folds: { [broadcastCategory]: foldBroadcast },
  publicCategories: { [broadcastCategory]: broadcastViewProjection.name },
  projections: [broadcastViewProjection],
  settings: twitchSettings,
  permissions: { 'broadcasts.read': 'See who was live, and what became of it' },
  reactions: [
    StartRecordingWhenBroadcastGoesLive,
    ChangeRecordingDetailsWhenTitleChanges,
    StopRecordingWhenBroadcastEnds,
    TellBroadcastWhatItsRecordingDoes,
    JudgeAgainWhenSettingsChange,
  ],
  module: () => ({
    controllers: [BroadcastsController],
    providers: [
      ReportSightingHandler,
      TellBroadcastHandler,
      ListBroadcastsHandler,
      ListDetectionsHandler,
      OpenBroadcasts,
      RecordingStarter,
      StartRetries,
      BroadcastKeeper,
      {
        provide: BroadcastStreams,
        inject: [CommandHandling, Claims, IdSequence],
        useFactory: (handling: CommandHandling, claims: Claims, ids: IdSequence) =>
          new BroadcastStreams(handling, claims, ids),
      },
      {
        provide: BROADCAST_POLICIES,
        inject: [StreamerStreams],
        useFactory: (streamers: StreamerStreams) => new StreamerPolicies(streamers),
      },
    ],
  }),
});
