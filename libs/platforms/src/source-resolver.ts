import type { CaptureSource } from './capture-source.js';
import { SourceUnavailable } from './source-unavailable.js';

/** What is to be recorded, as its owner named it. */
export interface WantedSource {
  readonly url: string;
  /** Who knows how it is had, like `twitch`. */
  readonly platform: string;
  readonly quality: string;
  /** Ways to it, as a CaptureSource has them. Finding it takes them too. */
  readonly proxies?: readonly string[];
}

/** What a platform says of a channel. `unknown`: it could not be asked, which says nothing about the channel. */
export type LiveWord = 'live' | 'offline' | 'unknown';

/** Turns what somebody named into where it can be had now. */
export interface SourceResolver {
  /** Where nothing else tells it, an address is taken for one that stays; only others are found anew in the middle. */
  readonly stays?: boolean;
  /** @throws SourceUnavailable, or the signal's reason */
  resolve(wanted: WantedSource, signal: AbortSignal): Promise<CaptureSource>;
  /** Absent, or undefined, where there is nobody to ask. Never rejects but with the signal's reason. */
  isLive?(wanted: WantedSource, signal: AbortSignal): Promise<LiveWord | undefined>;
}

/** The address itself is the source. */
export class DirectResolver implements SourceResolver {
  readonly stays = true;

  constructor(private readonly engine: 'hls' | 'ffmpeg') {}

  resolve({ url }: WantedSource): Promise<CaptureSource> {
    return Promise.resolve({ url, engine: this.engine });
  }
}

/** Asks whoever knows the platform. */
export class PlatformResolvers {
  readonly #resolvers: ReadonlyMap<string, SourceResolver>;

  constructor(resolvers: Readonly<Record<string, SourceResolver>>) {
    this.#resolvers = new Map(Object.entries(resolvers));
  }

  /** @returns the source with the means to find it anew, where its platform has any. @throws SourceUnavailable */
  async resolve(wanted: WantedSource, signal: AbortSignal) {
    const resolver = this.#of(wanted);
    const { proxies } = wanted;
    const find = async (signal: AbortSignal): Promise<CaptureSource> => ({
      ...(await resolver.resolve(wanted, signal)),
      ...(proxies && { proxies }),
    });
    const source = await find(signal);
    return resolver.stays === true ? source : { ...source, refresh: (_: unknown, signal: AbortSignal) => find(signal) };
  }

  /** Undefined where there is nobody to ask. */
  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<LiveWord | undefined> {
    return this.#resolvers.get(wanted.platform)?.isLive?.(wanted, signal);
  }

  #of({ platform }: WantedSource): SourceResolver {
    const resolver = this.#resolvers.get(platform);
    if (resolver !== undefined) return resolver;
    throw new SourceUnavailable('unsupported', `This StreamVault cannot record from ${platform}. Upgrade it.`);
  }
}
