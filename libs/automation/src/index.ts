import { Claims, CommandHandling, defineContext, IdSequence } from '@streamvault/kernel';
import { StreamerStreams } from '@streamvault/streamers';
import { BROADCAST_POLICIES } from './broadcast-policies.js';
import { BroadcastStreams } from './broadcast-streams.js';
import { ReportSightingHandler } from './commands/report-sighting/report-sighting.handler.js';
import { TellBroadcastHandler } from './commands/tell-broadcast/tell-broadcast.handler.js';
import { broadcastCategory, broadcastEvents } from './domain/broadcast-events.js';
import { foldBroadcast } from './domain/broadcast-state.js';
import { twitchEvents } from './eventsub/notice-events.js';
import { StreamerPolicies } from './streamer-policies.js';
import { twitchSettings } from './twitch/twitch-settings.js';

export { BroadcastStreams } from './broadcast-streams.js';
export { EventSubLink, type EventSubLinkParts, type EventSubStatus } from './eventsub/eventsub-link.js';
export type { ArrivedNotice } from './eventsub/notice-inbox.js';
export { NoticeInbox } from './eventsub/notice-inbox.js';
export { TwitchLog } from './eventsub/twitch-log.js';
export { readWebhookMessage } from './eventsub/webhook-message.js';
export { AppToken, type TokenSource } from './twitch/app-token.js';
export { Helix } from './twitch/helix.js';
export { TwitchApi } from './twitch/twitch-api.js';
export { TwitchFailure } from './twitch/twitch-errors.js';
export { TwitchHttp } from './twitch/twitch-http.js';
export { UserToken } from './twitch/user-token.js';

/** Who is live, and what is recorded of it without anybody asking. */
export const automationContext = defineContext({
  name: 'automation',
  events: [...broadcastEvents, ...twitchEvents],
  settings: twitchSettings,
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
      {
        provide: BROADCAST_POLICIES,
        inject: [StreamerStreams],
        useFactory: (streamers: StreamerStreams) => new StreamerPolicies(streamers),
      },
    ],
  }),
});
