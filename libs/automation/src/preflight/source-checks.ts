import { ServerSources } from '@streamvault/recording';
import { SourceUnavailable } from '@streamvault/platforms';
import type { PreflightProblem } from '@streamvault/api-contract';
import type { EffectiveStreamer } from '@streamvault/streamers';
import type { TwitchConnection } from '../twitch/twitch-connection.js';
import { aboutSource, of } from './findings.js';

/** Some of them start programs, and the result is not urgent. */
const atOnce = 2;

/** Whether the sources can be found: each can be resolved, or is offline. */
export class SourceChecks {
  constructor(
    private readonly sources: Pick<ServerSources, 'look' | 'resolve' | 'twitchChannels'>,
    private readonly connection: Pick<TwitchConnection, 'signedIn'>,
  ) {}

  /**
   * @param recorded ids of the streamers that are being recorded: what works needs no check, and some sources serve one
   * viewer at a time
   */
  async check(
    streamers: readonly EffectiveStreamer[],
    recorded: ReadonlySet<number>,
    signal: AbortSignal,
  ): Promise<PreflightProblem[]> {
    const waiting = streamers.filter(({ id, platform }) => !recorded.has(id) && platform !== 'twitch');
    const problems: PreflightProblem[] = [];
    const worker = async (): Promise<void> => {
      for (let next = waiting.shift(); next && !signal.aborted; next = waiting.shift())
        problems.push(...(await this.#one(next, signal)));
    };
    await Promise.all(Array.from({ length: atOnce }, worker));
    const channels = streamers.filter(({ platform }) => platform === 'twitch');
    return channels.length === 0 ? problems : [...problems, ...(await this.#channels(channels, signal))];
  }

  async #one(streamer: EffectiveStreamer, signal: AbortSignal): Promise<PreflightProblem[]> {
    const { platform, proxies, quality, url } = streamer;
    const wanted = { platform, proxies, quality, url };
    try {
      // A page is checked with the program that finds its stream; a plain address can only be probed.
      if (platform === 'web' || platform === 'stream') await this.sources.resolve(wanted, signal);
      if (platform === 'web' || platform === 'demo') return [];
      return aboutSource(streamer, await this.sources.look(wanted, signal), undefined);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof SourceUnavailable)) throw error;
      if (error.code === 'source.offline') return [];
      const { code, message, definitive } = error;
      return [of(streamer, { code, level: definitive ? 'fail' : 'warn', subject: 'source', message, next: null })];
    }
  }

  /** Twitch is asked about all of them at once. A failure is reported by the credentials' own check. */
  async #channels(channels: readonly EffectiveStreamer[], signal: AbortSignal): Promise<PreflightProblem[]> {
    const logins = channels.map(({ url }) => loginOf(url));
    const missing = await this.#missing(logins, signal);
    return channels
      .filter((_, index) => missing.has(logins[index] ?? ''))
      .map((streamer) =>
        of(streamer, {
          code: 'source.not-found',
          level: 'fail',
          subject: 'source',
          message: `Twitch knows no channel ${loginOf(streamer.url)}: it was renamed, banned or deleted.`,
          next: 'Find the channel’s present name at Twitch, and add that.',
        }),
      );
  }

  async #missing(logins: readonly string[], signal: AbortSignal): Promise<ReadonlySet<string>> {
    const { api } = this.connection.signedIn ?? {};
    if (!api) {
      const found = await this.sources.twitchChannels(logins, signal);
      return new Set(logins.filter((login) => found.get(login) === null));
    }
    try {
      const there = new Set((await api.users(logins, signal)).map(({ login }) => login.toLowerCase()));
      return new Set(logins.filter((login) => !there.has(login)));
    } catch {
      signal.throwIfAborted();
      return new Set();
    }
  }
}

const loginOf = (url: string): string => URL.parse(url)?.pathname.split('/')[1]?.toLowerCase() ?? '';
