import { randomBytes } from 'node:crypto';
import { isOwnNetwork, type Connections } from '@streamvault/network';
import {
  ConnectProbe,
  DirectResolver,
  PlatformResolvers,
  PlaylistProbe,
  SourceUnavailable,
  StreamlinkResolver,
  type PublicChannel,
  TwitchPublicLive,
  TwitchResolver,
  WebResolver,
  type Liveness,
  type WantedSource,
} from '@streamvault/platforms';
import type { KernelLogger } from '@streamvault/kernel';
import type { SourceSecret, SourceSecrets } from '@streamvault/secrets';
import { type RecordingSettings, twitchSettingsOf } from '../recording.settings.js';
import type { AwaitingRecording, SourceResolver, WantedBroadcast } from '../ports.js';

export type SourceSettings = Pick<
  RecordingSettings,
  'SOURCE_PROXIES' | 'STREAMLINK_PATH' | `TWITCH_${'CODECS' | 'GQL_URL' | 'USER_TOKEN' | 'USHER_URL' | 'WEB_CLIENT_ID'}`
>;

export interface SourceServices {
  readonly connections: Connections;
  readonly logger: Pick<KernelLogger, 'warn'>;
  /** Credentials that users gave with the addresses of cameras and senders. */
  readonly secrets?: Pick<SourceSecrets, 'get'>;
  /** Without it, StreamVault does not check whether RTMP, RTSP or SRT sources are live. */
  readonly ffprobePath?: string;
}

/**
 * A key that the recorder sends to the demo channel, so that its programs run only for recordings and not for anyone
 * who fetches its playlist.
 */
export const DEMO_DEMAND = { name: 'x-demo-key', value: randomBytes(18).toString('base64url') } as const;

/**
 * Turns a streamer's address into one that the engine can open, whatever its platform, and names of proxies into
 * addresses.
 */
export class ServerSources implements SourceResolver {
  readonly streamlink: StreamlinkResolver;
  readonly #settings: SourceSettings;
  readonly #logger: SourceServices['logger'];
  readonly #secrets: SourceServices['secrets'];
  readonly #resolvers: PlatformResolvers;
  readonly #playlists: PlaylistProbe;
  readonly #streams: ConnectProbe | undefined;
  readonly #publicTwitch: TwitchPublicLive;
  readonly #twitch: TwitchResolver;
  readonly #missingProxies = new Set<string>();
  /** Where this server listens; known once it does. */
  #ownAddress = '';

  constructor(settings: SourceSettings, { connections, ffprobePath, logger, secrets }: SourceServices) {
    this.#secrets = secrets;
    const { STREAMLINK_PATH: program } = settings;
    const twitch = twitchSettingsOf(settings);
    this.#settings = settings;
    this.#logger = logger;
    this.streamlink = new StreamlinkResolver(program === undefined ? {} : { program }, connections);
    this.#playlists = new PlaylistProbe(connections);
    this.#streams = ffprobePath === undefined ? undefined : new ConnectProbe(ffprobePath, connections);
    this.#publicTwitch = new TwitchPublicLive(twitch, connections);
    this.#twitch = new TwitchResolver(twitch, connections);
    this.#resolvers = new PlatformResolvers({
      demo: {
        stays: true,
        resolve: () => {
          const headers = { [DEMO_DEMAND.name]: DEMO_DEMAND.value };
          return Promise.resolve({ url: `${this.#ownAddress}/demo/live.m3u8`, headers });
        },
      },
      hls: new DirectResolver('hls'),
      web: new WebResolver(this.streamlink, connections),
      stream: new DirectResolver('ffmpeg'),
      twitch: this.#twitch,
    });
  }

  /** Names that recordings asked for since the server started, and that SOURCE_PROXIES does not contain. */
  get missingProxies(): readonly string[] {
    return [...this.#missingProxies];
  }

  /** Set by the context that watches broadcasts. */
  awaits: (recording: AwaitingRecording) => Promise<string | undefined> = () => Promise.resolve(undefined);

  awaitedUntil(recording: AwaitingRecording): Promise<string | undefined> {
    return this.awaits(recording);
  }

  listensAt(address: string): void {
    this.#ownAddress = address;
  }

  async resolve(wanted: WantedBroadcast, signal: AbortSignal) {
    const source = await this.#resolvers.resolve(this.#routed(wanted), signal);
    const credentials = wanted.platform === 'stream' ? await this.#credentialsOf(wanted.url) : undefined;
    return credentials === undefined ? source : { ...source, credentials };
  }

  /** A video of a past broadcast, by the ways of its streamer. @throws SourceUnavailable, or the signal's reason */
  resolveVideo(id: string, { proxies, url }: Pick<WantedBroadcast, 'proxies' | 'url'>, signal: AbortSignal) {
    const routes = this.#routed({ url, platform: 'twitch', quality: 'best', proxies }).proxies;
    return this.#twitch.resolveVideo(id, routes, signal);
  }

  async isLive(wanted: WantedBroadcast, signal: AbortSignal): Promise<Liveness | undefined> {
    try {
      return await this.#resolvers.isLive(this.#routed(wanted), signal);
    } catch (error) {
      // Without a way to ask there is no answer.
      if (error instanceof SourceUnavailable) return 'unknown';
      throw error;
    }
  }

  async #credentialsOf(url: string): Promise<SourceSecret | undefined> {
    try {
      return await this.#secrets?.get(url);
    } catch (error) {
      // A lost or wrong key, or a damaged file: the error's own message says which, and what to do.
      const why = error instanceof Error ? error.message : 'Its file cannot be read.';
      throw new SourceUnavailable('token-refused', `The credentials of this streamer cannot be read. ${why}`, {
        cause: error,
      });
    }
  }

  /**
   * Whether a source is live, for watching it before anything is recorded. A recording asks differently: for it, a
   * playlist that stopped changing is not over.
   * @throws only the signal's reason
   */
  async look(wanted: WantedBroadcast, signal: AbortSignal): Promise<Liveness> {
    try {
      const { platform, proxies, url } = this.#routed(wanted);
      const isManifest = platform === 'hls' || (platform === 'stream' && /^https?:/.test(url));
      if (isManifest) return await this.#playlists.look(url, proxies, signal);
      // ffprobe cannot use our routes.
      if (platform === 'stream') return proxies ? 'unknown' : ((await this.#streams?.look(url, signal)) ?? 'unknown');
      return (await this.isLive(wanted, signal)) ?? 'unknown';
    } catch (error) {
      if (error instanceof SourceUnavailable) return 'unknown';
      throw error;
    }
  }

  /** Whether {@link look} can find out. The demo channel has no end. */
  canLook(wanted: WantedBroadcast): boolean {
    try {
      const { platform, proxies, url } = this.#routed(wanted);
      if (platform === 'stream' && !/^https?:/.test(url)) return proxies === undefined && this.#streams !== undefined;
      return platform !== 'demo';
    } catch (error) {
      if (error instanceof SourceUnavailable) return false;
      throw error;
    }
  }

  /** Twitch channels by login, without signing in; see {@link TwitchPublicLive.channels}. */
  twitchChannels(logins: readonly string[], signal: AbortSignal): Promise<Map<string, PublicChannel | null>> {
    const { defaults } = this.#settings.SOURCE_PROXIES;
    return this.#publicTwitch.channels(logins, defaults.length === 0 ? undefined : defaults, signal);
  }

  /**
   * Names become addresses with logins only here.
   * @throws SourceUnavailable if none of the names is known any more
   */
  #routed({ proxies: names, ...wanted }: WantedBroadcast): WantedSource {
    // What this server makes itself is fetched directly.
    if (wanted.platform === 'demo') return wanted;
    const proxies = names === null ? this.#defaults(wanted.url) : this.#named(names);
    return proxies.length === 0 ? wanted : { ...wanted, proxies };
  }

  /** A source in the own network does not go through a proxy meant for all, which may not even reach it. */
  #defaults(url: string): readonly string[] {
    return isOwnNetwork(url) ? [] : this.#settings.SOURCE_PROXIES.defaults;
  }

  /** A missing name counts as a proxy that does not work: the others asked for are used, and nothing else. */
  #named(names: readonly string[]): readonly string[] {
    const { routes, missing } = this.#settings.SOURCE_PROXIES.named(names);
    for (const name of missing) this.#missingProxies.add(name);
    if (missing.length === 0) return routes;
    const gone = `SOURCE_PROXIES no longer contains ${missing.join(', ')}`;
    if (routes.length === 0)
      throw new SourceUnavailable(
        'proxy-missing',
        `${gone}, and this streamer may not be reached any other way. Add it there, or choose other proxies for the streamer.`,
      );
    this.#logger.warn(`${gone}: a streamer that asks for it is reached by the other ways it asks for`, { missing });
    return routes;
  }
}
