/** The recordings' context, as far as streamers need it. */
export interface RecordingActivity {
  /** By streamer id; what the read model shows. */
  active(): Promise<ReadonlyMap<number, { readonly recordingId: number; readonly isReceiving: boolean }>>;
  /** The recording that is taking this streamer's broadcast, from the log. */
  activeOf(streamerId: number, now: string): Promise<number | undefined>;
}
export const RECORDING_ACTIVITY = Symbol('RecordingActivity');

/** The proxies of the settings, as far as streamers need them. */
export interface ProxyNames {
  readonly names: readonly string[];
}
export const PROXY_NAMES = Symbol('ProxyNames');
