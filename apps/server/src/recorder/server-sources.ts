import {
  DirectResolver,
  PlatformResolvers,
  TwitchResolver,
  type LiveWord,
  type WantedSource,
} from '@streamvault/capture';
import type { SourceResolver } from '@streamvault/recording';
import type { Settings } from '../settings/settings.js';

/** Turns a streamer's address into one that the engine can open, whatever its platform. */
export class ServerSources implements SourceResolver {
  readonly #resolvers: PlatformResolvers;
  /** Where this server itself listens; known once it does. */
  #ownAddress = '';

  constructor({ twitch }: Pick<Settings, 'twitch'>) {
    this.#resolvers = new PlatformResolvers({
      demo: { stays: true, resolve: () => Promise.resolve({ url: `${this.#ownAddress}/demo/live.m3u8` }) },
      hls: new DirectResolver('hls'),
      web: new DirectResolver('hls'),
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
