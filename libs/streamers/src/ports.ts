/** The recordings' context, as far as streamers need it. */
export interface RecordingActivity {
  /** By streamer id; what the read model shows. */
  active(): Promise<ReadonlyMap<number, { readonly recordingId: number; readonly isReceiving: boolean }>>;
  /** The recording that is taking this streamer's broadcast, from the log. */
  activeOf(streamerId: number, now: string): Promise<number | undefined>;
}
export const RECORDING_ACTIVITY = Symbol('RecordingActivity');

/** What is known of a streamer's broadcast, in whatever context watches for it. */
export interface LiveState {
  /** null: nobody could look yet. Unknown is not offline. */
  readonly isLive: boolean | null;
  readonly title: string | null;
  readonly category: string | null;
}
export interface LiveStates {
  /** By streamer id; who is missing was never looked at. */
  all(): Promise<ReadonlyMap<number, LiveState>>;
}
export const LIVE_STATES = Symbol('LiveStates');

/** The proxies of the settings, as far as streamers need them. */
export interface ProxyNames {
  readonly names: readonly string[];
}
export const PROXY_NAMES = Symbol('ProxyNames');
