import type { Connections } from '@streamvault/network';
import { SourceUnavailable } from '../source-unavailable.js';
import { channelsPerQuestion, channelsQuestion, type PublicChannel, readChannels } from './channels-live.js';
import { askTwitch } from './twitch-http.js';
import { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from './twitch-settings.js';

/** Which Twitch channels are live, without signing in. */
export class TwitchPublicLive {
  readonly #settings: TwitchSettings;

  constructor(
    settings: Partial<TwitchSettings>,
    private readonly connections: Connections,
  ) {
    this.#settings = { ...DEFAULT_TWITCH_SETTINGS, ...settings };
  }

  /**
   * By login; null if there is no such channel. A missing channel got no answer, which says nothing about it.
   * @throws only the signal's reason
   */
  async channels(
    logins: readonly string[],
    proxies: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<Map<string, PublicChannel | null>> {
    const all = new Map<string, PublicChannel | null>();
    for (let start = 0; start < logins.length; start += channelsPerQuestion) {
      const some = logins.slice(start, start + channelsPerQuestion);
      const found = await this.#ask(some, proxies, signal);
      for (const [login, channel] of found ?? []) all.set(login, channel);
    }
    return all;
  }

  async #ask(logins: readonly string[], proxies: readonly string[] | undefined, signal: AbortSignal) {
    const { clientId, gqlUrl, timeoutSeconds } = this.#settings;
    const request = { headers: { 'Client-ID': clientId }, body: channelsQuestion(logins) };
    try {
      const way = { connections: this.connections, proxies, timeoutSeconds, signal };
      const { status, text } = await askTwitch(gqlUrl, request, way);
      return status === 200 ? readChannels(logins, JSON.parse(text)) : undefined;
    } catch (error) {
      // A failure on the way, or an answer that is not JSON: unknown.
      if (error instanceof SourceUnavailable || error instanceof SyntaxError) return undefined;
      throw error;
    }
  }
}
