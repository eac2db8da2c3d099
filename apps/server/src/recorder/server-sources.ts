import {
  AllowedHosts,
  DirectResolver,
  PlatformResolvers,
  StreamlinkResolver,
  TwitchResolver,
  WebResolver,
  type LiveWord,
  type WantedSource,
} from '@streamvault/capture';
import type { SourceResolver } from '@streamvault/recording';
import type { Settings } from '../settings/settings.js';

type SourceSettings = Pick<Settings, 'allowedPrivateHosts' | 'streamlinkPath' | 'twitch'>;

/** Turns a streamer's address into one that the engine can open, whatever its platform. */
export class ServerSources implements SourceResolver {
  readonly streamlink: StreamlinkResolver;
  readonly #resolvers: PlatformResolvers;
  /** Where this server itself listens; known once it does. */
  #ownAddress = '';

  constructor({ allowedPrivateHosts, streamlinkPath, twitch }: SourceSettings) {
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

  resolve(wanted: WantedSource, signal: AbortSignal) {
    return this.#resolvers.resolve(wanted, signal);
  }

  isLive(wanted: WantedSource, signal: AbortSignal): Promise<LiveWord | undefined> {
    return this.#resolvers.isLive(wanted, signal);
  }
}
