export { expiryOf } from './address-expiry.js';
export type { CaptureSource, RefreshReason, SourceCredentials } from './capture-source.js';
export {
  DirectResolver,
  PlatformResolvers,
  type Liveness,
  type SourceResolver,
  type WantedSource,
} from './source-resolver.js';
export { SourceUnavailable, type SourceProblem } from './source-unavailable.js';
export { StreamlinkResolver, type StreamlinkState } from './streamlink/streamlink-resolver.js';
export { TwitchResolver } from './twitch/twitch-resolver.js';
export { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from './twitch/twitch-settings.js';
export { WebResolver } from './web-resolver.js';
export { ConnectProbe } from './liveness/connect-probe.js';
export { PlaylistProbe } from './liveness/playlist-probe.js';
export type { PublicChannel } from './twitch/channels-live.js';
export { TwitchPublicLive } from './twitch/twitch-public-live.js';
