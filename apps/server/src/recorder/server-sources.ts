import {
  AllowedHosts,
  DirectResolver,
  PlatformResolvers,
  StreamlinkResolver,
  TwitchResolver,
  WebResolver,
  isOwnNetwork,
  type LiveWord,
  type WantedSource,
} from '@streamvault/capture';
import type { SourceResolver } from '@streamvault/recording';
import type { Settings } from '../settings/settings.js';

type SourceSettings = Pick<Settings, 'allowedPrivateHosts' | 'sourceProxies' | 'streamlinkPath' | 'twitch'>;

/** Turns a streamer's address into one that the engine can open, whatever its platform. */
export class ServerSources implements SourceResolver {
  readonly streamlink: StreamlinkResolver;
  readonly #resolvers: PlatformResolvers;
  readonly #proxies: readonly string[];
  /** Where this server itself listens; known once it does. */
  #ownAddress = '';

  constructor({ allowedPrivateHosts, sourceProxies, streamlinkPath, twitch }: SourceSettings) {
    this.#proxies = sourceProxies;
    this.streamlink = new StreamlinkResolver(streamlinkPath === undefined ? {} : { program: streamlinkPath });
    this.#resolvers = new PlatformResolvers({
      demo: { stays: true, resolve: () => Promise.resolve({ url: `${this.#ownAddress}/demo/live.m3u8` }) },
      hls: new DirectResolver('hls'),
      web: new WebResolver(this.streamlink, new AllowedHosts(allowedPrivateHosts)),
      stream: new DirectResolver('ffmpeg'),
      twitch: new TwitchResolver(twitch),
    });
  }

  listensAt(address: string): void {
    this.#ownAddress = address;
  }

  async resolve(wanted: WantedSource, signal: AbortSignal) {
    const source = await this.#resolvers.resolve(wanted, signal);
    // Whoever is in this network is no business of a proxy, which may not even reach him.
    return this.#proxies.length === 0 || isOwnNetwork(source.url) ? source : { ...source, proxies: this.#proxies };
  }

  isLive(wanted: WantedSource, signal: AbortSignal): Promise<LiveWord | undefined> {
    return this.#resolvers.isLive(wanted, signal);
  }
}
