/** What the streamers' context needs from the recordings'. */
export interface RecordingActivity {
  /** By streamer id; from the read model. */
  active(): Promise<ReadonlyMap<number, { readonly recordingId: number; readonly isReceiving: boolean }>>;
  /** The recording that is taking this streamer's broadcast, from the log. */
  activeOf(streamerId: number, now: string): Promise<number | undefined>;
}
export const RECORDING_ACTIVITY = Symbol('RecordingActivity');

/** What is known about a streamer's broadcast, from the context that watches for it. */
export interface LiveState {
  /** null: it could not be checked yet. Unknown is not offline. */
  readonly isLive: boolean | null;
  readonly title: string | null;
  readonly category: string | null;
}
export interface LiveStates {
  /** By streamer id; a missing streamer was never checked. */
  all(): Promise<ReadonlyMap<number, LiveState>>;
}
export const LIVE_STATES = Symbol('LiveStates');

/** What the streamers' context needs of the proxies in the settings. */
export interface ProxyNames {
  readonly names: readonly string[];
}
export const PROXY_NAMES = Symbol('ProxyNames');

/** What the streamers' context needs from the library's about the names of videos. */
export interface NameTemplates {
  /** How videos are named where a streamer has no template of its own. */
  forAll(): Promise<string>;
  /** What is wrong with a template, in words; empty if it can be used. */
  problemsOf(template: string): readonly string[];
}
export const NAME_TEMPLATES = Symbol('NameTemplates');
