import type { EventStore } from '@streamvault/event-store';
import {
  Claims,
  CommandHandling,
  defineContext,
  EVENT_STORE,
  EventRegistry,
  IdSequence,
  INSTALLATION,
  type Installation,
} from '@streamvault/kernel';
import { LIVE_STATES, StreamerStreams } from '@streamvault/streamers';
import { BROADCAST_POLICIES } from './broadcast-policies.js';
import { BroadcastStreams } from './broadcast-streams.js';
import { ReportSightingHandler } from './commands/report-sighting/report-sighting.handler.js';
import { TellBroadcastHandler } from './commands/tell-broadcast/tell-broadcast.handler.js';
import { broadcastCategory, broadcastEvents } from './domain/broadcast-events.js';
import { foldBroadcast } from './domain/broadcast-state.js';
import { twitchEvents } from './eventsub/notice-events.js';
import { NoticesAtOnce } from './eventsub/at-once.js';
import { NoticeInbox } from './eventsub/notice-inbox.js';
import { EventSubWebhook } from './http/eventsub-webhook.js';
import { RulesController } from './http/rules.controller.js';
import { MissingOnTwitchController } from './http/missing-on-twitch.controller.js';
import { SourcesController } from './http/sources.controller.js';
import { PreflightController } from './http/preflight.controller.js';
import { SettingsController } from './http/settings.controller.js';
import { TwitchController } from './http/twitch.controller.js';
import { BroadcastsController, DetectionsController } from './http/broadcasts.controller.js';
import { ListBroadcastsHandler, ListDetectionsHandler } from './queries/broadcast-query.handlers.js';
import { BinVideoWhenItsBroadcastWasDiscarded } from './reactions/bin-video-when-its-broadcast-was-discarded.js';
import { ChangeRecordingDetailsWhenTitleChanges } from './reactions/change-recording-details-when-title-changes.js';
import { JudgeAgainWhenSettingsChange } from './reactions/judge-again-when-settings-change.js';
import { StartRecordingWhenBroadcastGoesLive } from './reactions/start-recording-when-broadcast-goes-live.js';
import { LookAtOnceWhenAStreamerIsAdded } from './reactions/look-at-once-when-a-streamer-is-added.js';
import { ReportWhatTwitchNotices } from './reactions/report-what-twitch-notices.js';
import { StopRecordingWhenBroadcastEnds } from './reactions/stop-recording-when-broadcast-ends.js';
import { TellBroadcastWhatItsRecordingDoes } from './reactions/tell-broadcast-what-its-recording-does.js';
import { LookAheadAgainWhenSomethingChanges } from './reactions/look-ahead-again-when-something-changes.js';
import { Preflight } from './preflight/preflight.js';
import { preflightCategory, preflightChecked } from './preflight/preflight-events.js';
import { PreflightJob } from './preflight/preflight.job.js';
import { PreflightLog } from './preflight/preflight-log.js';
import { broadcastViewProjection } from './read-models/broadcast-view.projection.js';
import { FormerBroadcasts } from './read-models/former-broadcasts.js';
import { OpenBroadcasts } from './read-models/open-broadcasts.js';
import { RecordingStarter } from './recording-starter.js';
import { rulesCategory, rulesChanged } from './rules/rule-events.js';
import { RuleStreams } from './rules/rule-streams.js';
import { StreamerPolicies } from './streamer-policies.js';
import { TwitchConnection } from './twitch/twitch-connection.js';
import { twitchSettings } from './twitch/twitch-settings.js';
import { ReconcileTwitch, ValidateTwitchToken } from './jobs-of-twitch.js';
import { BroadcastKeeper } from './watch/broadcast-keeper.js';
import { LiveBoard } from './watch/live-board.js';
import { LiveObserver } from './watch/live-observer.js';
import { LiveStatesOfBroadcasts } from './watch/live-states-of-broadcasts.js';
import { SourceWatch } from './watch/source-watch.js';
import { TwitchChannels } from './watch/twitch-channels.js';
import { TwitchWatch } from './watch/twitch-watch.js';
import { StartRetries } from './watch/start-retries.js';

/** Which streamers are live, and what is recorded automatically. */
export const automationContext = defineContext({
  name: 'automation',
  events: [...broadcastEvents, ...twitchEvents, rulesChanged, preflightChecked],
  folds: { [broadcastCategory]: foldBroadcast },
  publicCategories: {
    [broadcastCategory]: broadcastViewProjection.name,
    [rulesCategory]: { projection: null, permission: 'rules.read' },
    [preflightCategory]: { projection: null, permission: 'preflight.view' },
  },
  projections: [broadcastViewProjection],
  settings: twitchSettings,
  permissions: {
    'broadcasts.read': 'See who was live, and what happened then',
    'rules.read': 'See the rules that decide what is recorded, and test them',
    'rules.change': 'Change the rules that decide what is recorded',
    'settings.read': 'See the settings for all streamers',
    'settings.change': 'Change the settings for all streamers',
    'preflight.view': 'See whether the next recordings will find what they need',
    'twitch.administer': 'Set up Twitch, and see how it is reached',
  },
  jobs: [ValidateTwitchToken, ReconcileTwitch, PreflightJob],
  reactions: [
    StartRecordingWhenBroadcastGoesLive,
    ChangeRecordingDetailsWhenTitleChanges,
    StopRecordingWhenBroadcastEnds,
    TellBroadcastWhatItsRecordingDoes,
    JudgeAgainWhenSettingsChange,
    ReportWhatTwitchNotices,
    LookAtOnceWhenAStreamerIsAdded,
    BinVideoWhenItsBroadcastWasDiscarded,
    LookAheadAgainWhenSomethingChanges,
  ],
  module: () => ({
    controllers: [
      BroadcastsController,
      DetectionsController,
      RulesController,
      SettingsController,
      TwitchController,
      PreflightController,
      SourcesController,
      MissingOnTwitchController,
    ],
    providers: [
      ReportSightingHandler,
      TellBroadcastHandler,
      ListBroadcastsHandler,
      ListDetectionsHandler,
      OpenBroadcasts,
      FormerBroadcasts,
      RecordingStarter,
      StartRetries,
      BroadcastKeeper,
      LiveBoard,
      LiveStatesOfBroadcasts,
      { provide: LIVE_STATES, useExisting: LiveStatesOfBroadcasts },
      LiveObserver,
      SourceWatch,
      TwitchConnection,
      TwitchChannels,
      TwitchWatch,
      EventSubWebhook,
      NoticesAtOnce,
      Preflight,
      PreflightLog,
      {
        provide: NoticeInbox,
        inject: [EVENT_STORE, EventRegistry],
        useFactory: (store: EventStore, registry: EventRegistry) => new NoticeInbox(store, registry),
      },
      {
        provide: BroadcastStreams,
        inject: [CommandHandling, Claims, IdSequence],
        useFactory: (handling: CommandHandling, claims: Claims, ids: IdSequence) =>
          new BroadcastStreams(handling, claims, ids),
      },
      {
        provide: BROADCAST_POLICIES,
        inject: [StreamerStreams, RuleStreams],
        useFactory: (streamers: StreamerStreams, rules: RuleStreams) => new StreamerPolicies(streamers, rules),
      },
      {
        provide: RuleStreams,
        inject: [CommandHandling, INSTALLATION],
        useFactory: (handling: CommandHandling, { timeZone }: Installation) => new RuleStreams(handling, timeZone),
      },
    ],
  }),
});
