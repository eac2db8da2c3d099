import type { CaptureSource } from './capture-source.js';
import { SourceUnavailable } from './source-unavailable.js';

/** What is to be recorded, as its owner named it. */
export interface WantedSource {
  readonly url: string;
  /** Selects the resolver, like `twitch`. */
  readonly platform: string;
  readonly quality: string;
  /** Routes to it, in the form of CaptureSource. Looking it up uses them too. */
  readonly proxies?: readonly string[];
}

/** What a platform says about a streamer. `unknown`: it did not answer, which says nothing about the streamer. */
export type Liveness = 'live' | 'offline' | 'unknown';

/** Turns a streamer's address into where the broadcast can be fetched now. */
export interface SourceResolver {
  /** An address normally stays the same. Only others are looked up again during a capture. */
  readonly stays?: boolean;
  /** @throws SourceUnavailable, or the signal's reason */
  resolve(wanted: WantedSource, signal: AbortSignal): Promise<CaptureSource>;
  /** Absent, or undefined, if there is no platform to ask. Rejects only with the signal's reason. */
  isLive?(wanted: WantedSource, signal: AbortSignal): Promise<Liveness | undefined>;
}

/** The address itself is the source. */
export class DirectResolver implements SourceResolver {
  readonly stays = true;

  constructor(private readonly engine: 'hls' | 'ffmpeg') {}

  resolve({ url }: WantedSource): Promise<CaptureSource> {
    return Promise.resolve({ url, engine: this.engine });
  }
}

/** Delegates to the resolver of the platform. */
export class PlatformResolvers {
  readonly #resolvers: ReadonlyMap<string, SourceResolver>;

  constructor(resolvers: Readonly<Record<string, SourceResolver>>) {
    this.#resolvers = new Map(Object.entries(resolvers));
  }

  /**
   * @returns the source, with a way to find it again if its platform has one
   * @throws SourceUnavailable
   */
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

  /** Undefined if there is no platform to ask. */
  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<Liveness | undefined> {
    return this.#resolvers.get(wanted.platform)?.isLive?.(wanted, signal);
  }

  #of({ platform }: WantedSource): SourceResolver {
    const resolver = this.#resolvers.get(platform);
    if (resolver !== undefined) return resolver;
    throw new SourceUnavailable('unsupported', `This StreamVault cannot record from ${platform}. Upgrade it.`);
  }
}
