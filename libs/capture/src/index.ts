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
export { fenceLedger } from './ledger/fence-ledger.js';
export { LedgerWriter, type NewPart, type SegmentFacts } from './ledger/ledger-writer.js';
export { readSoundedRuns, SOUND_FOLDER } from './ledger/sound.js';
export { readRuns, type FileRange, type Run } from './ledger/runs.js';
export { GrowingPlaylist } from './playback/growing-playlist.js';
export { masterPlaylist, playlistFromLedger, type LedgerPlaylistOptions } from './playback/playlist-from-ledger.js';
export { chooseVariant, isAudioOnly } from './hls/choose-variant.js';
export { parsePlaylist, PlaylistReader } from './hls/parse-playlist.js';
export {
  PlaylistError,
  type MasterPlaylist,
  type MediaPlaylist,
  type MediaSegment,
  type Playlist,
  type Variant,
} from './hls/playlist.js';
export { systemClock, type Clock } from './session/clock.js';
export type { Http } from './session/http.js';
export { HttpClient } from './session/http-client.js';
export { excerptOf, type Excerpt } from './hls/excerpt.js';
export { SegmentPlanner } from './session/plan-segments.js';
export { HlsCaptureEngine } from './session/hls-capture-engine.js';
export { DEFAULT_HLS_SETTINGS, type HlsCaptureSettings } from './session/settings.js';
export { ThreadedCaptureEngine, type ThreadedCaptureEngineOptions } from './thread/threaded-capture-engine.js';
export { CaptureEngines } from './capture-engines.js';
export { FFMPEG_SCHEMES } from './ffmpeg/ffmpeg-arguments.js';
export { FfmpegCaptureEngine } from './ffmpeg/ffmpeg-capture-engine.js';
export { DEFAULT_FFMPEG_SETTINGS, type FfmpegCaptureSettings } from './ffmpeg/settings.js';
