export * from './port.js';
export { LEDGER_FILE, LedgerUnusable } from './ledger/entries.js';
export {
  Ledger,
  type LedgerAd,
  type LedgerGap,
  type LedgerLosses,
  type LedgerPart,
  type LedgerSegment,
  type LedgerTotals,
} from './ledger/ledger.js';
export { LedgerReader, readLedger } from './ledger/ledger-reader.js';
export { recoverLedger, type RecoveredLedger } from './ledger/recover-ledger.js';
export { LedgerWriter, type NewPart, type SegmentFacts } from './ledger/ledger-writer.js';
export { readSoundedRuns, SOUND_FOLDER } from './ledger/sound.js';
export { readRuns, type FileRange, type Run } from './ledger/runs.js';
export { masterPlaylist, playlistFromLedger, type LedgerPlaylistOptions } from './playback/playlist-from-ledger.js';
export { chooseVariant, isAudioOnly } from './hls/choose-variant.js';
export { parsePlaylist } from './hls/parse-playlist.js';
export {
  PlaylistError,
  type MasterPlaylist,
  type MediaPlaylist,
  type MediaSegment,
  type Playlist,
  type Variant,
} from './hls/playlist.js';
export { systemClock, type Clock } from './engine/clock.js';
export { SourceFault, statusFault } from './engine/source-fault.js';
export type { Http } from './engine/http.js';
export { HlsCaptureEngine } from './engine/hls-capture-engine.js';
export { DEFAULT_HLS_SETTINGS, type HlsCaptureSettings } from './engine/settings.js';
export { ThreadedCaptureEngine, type ThreadedCaptureEngineOptions } from './thread/threaded-capture-engine.js';
export { SourceUnavailable, type SourceProblem } from './resolve/source-unavailable.js';
export {
  DirectResolver,
  PlatformResolvers,
  type LiveWord,
  type SourceResolver,
  type WantedSource,
} from './resolve/source-resolver.js';
export { CaptureEngines } from './capture-engines.js';
export { FFMPEG_SCHEMES } from './ffmpeg/ffmpeg-arguments.js';
export { FfmpegCaptureEngine } from './ffmpeg/ffmpeg-capture-engine.js';
export { DEFAULT_FFMPEG_SETTINGS, type FfmpegCaptureSettings } from './ffmpeg/settings.js';
export { StreamlinkResolver, type StreamlinkState } from './resolve/streamlink/streamlink-resolver.js';
export { WebResolver } from './resolve/web-resolver.js';
export { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from './resolve/twitch/twitch-settings.js';
export { TwitchResolver } from './resolve/twitch/twitch-resolver.js';
export { isOwnNetwork } from './network/address-class.js';
export { AllowedHosts } from './network/allowed-hosts.js';
export { Connections, type ConnectionSettings } from './network/connections.js';
export { DIRECT } from './network/proxy.js';
export { ProxyHealth } from './network/proxy-health.js';
export { ProxyList, type NamedRoutes, type ProxyStatus } from './network/proxy-list.js';
