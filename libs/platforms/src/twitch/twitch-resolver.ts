import { randomBytes, randomInt } from 'node:crypto';
import type { Connections } from '@streamvault/network';
import type { CaptureSource } from '../capture-source.js';
import type { Liveness, SourceResolver, WantedSource } from '../source-resolver.js';
import { SourceUnavailable } from '../source-unavailable.js';
import {
  changed,
  liveQuestion,
  readLive,
  readToken,
  readVideoToken,
  refused,
  tokenQuestion,
  videoTokenQuestion,
} from './playback-token.js';
import { askTwitch, type Request } from './twitch-http.js';
import { DEFAULT_TWITCH_SETTINGS, type TwitchSettings } from './twitch-settings.js';
import { readRefusal, readVideoRefusal, usherAddress } from './usher.js';

/** Twitch ends a playlist's session after 24 hours, whatever is live. */
const SESSION_MS = 23.5 * 3600 * 1000;

/** Both headers matter: requests that no browser would send are refused now and then. */
const BROWSER: Readonly<Record<string, string>> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36',
  Referer: 'https://player.twitch.tv/',
  Origin: 'https://player.twitch.tv',
};

/** The ways by which to ask. */
interface By {
  readonly proxies?: readonly string[] | undefined;
}

/** Finds Twitch channels by name, as the web player does: a token by GraphQL, then the playlist from usher. */
export class TwitchResolver implements SourceResolver {
  readonly #settings: TwitchSettings;

  constructor(
    settings: Partial<TwitchSettings>,
    private readonly connections: Connections,
  ) {
    this.#settings = { ...DEFAULT_TWITCH_SETTINGS, ...settings };
  }

  async resolve(wanted: WantedSource, signal: AbortSignal): Promise<CaptureSource> {
    const login = loginOf(wanted.url);
    const token = readToken(login, await this.#query(login, tokenQuestion(login), wanted, signal));
    const question = { of: { login }, token, ...anySession() };
    const address = usherAddress(this.#settings, question);
    const { status, text } = await this.#ask(address, { headers: BROWSER }, wanted, signal);
    if (status !== 200) throw readRefusal(login, status, text);
    if (!text.startsWith('#EXTM3U')) throw changed('usher sends no playlist');
    const expiresAt = new Date(Date.now() + SESSION_MS).toISOString();
    return { url: address, playlist: text, headers: BROWSER, engine: 'hls', lookedUp: true, expiresAt };
  }

  /** A video of a past broadcast, with its master playlist. @throws SourceUnavailable, or the signal's reason */
  async resolveVideo(
    id: string,
    proxies: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<CaptureSource & { readonly playlist: string }> {
    const by = { proxies };
    const token = readVideoToken(id, await this.#query(`video ${id}`, videoTokenQuestion(id), by, signal));
    const address = usherAddress(this.#settings, { of: { video: id }, token, ...anySession() });
    const { status, text } = await this.#ask(address, { headers: BROWSER }, by, signal);
    if (status !== 200) throw readVideoRefusal(id, status, text);
    if (!text.startsWith('#EXTM3U')) throw changed('usher sends no playlist');
    return {
      url: address,
      playlist: text,
      headers: BROWSER,
      engine: 'hls',
      lookedUp: true,
      ...(proxies && { proxies }),
    };
  }

  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<Liveness> {
    const login = loginOf(wanted.url);
    try {
      return readLive(await this.#query(login, liveQuestion(login), wanted, signal));
    } catch (error) {
      if (error instanceof SourceUnavailable) return 'unknown';
      throw error;
    }
  }

  #ask(address: string, request: Request, { proxies }: By, signal: AbortSignal) {
    const { timeoutSeconds } = this.#settings;
    return askTwitch(address, request, { connections: this.connections, proxies, timeoutSeconds, signal });
  }

  async #query(login: string, body: unknown, wanted: By, signal: AbortSignal): Promise<unknown> {
    const { clientId, gqlUrl, userToken } = this.#settings;
    const headers = {
      ...BROWSER,
      'Client-ID': clientId,
      ...(userToken !== undefined && { Authorization: `OAuth ${userToken.replace(/^oauth:/i, '')}` }),
    };
    const { status, text } = await this.#ask(gqlUrl, { headers, body }, wanted, signal);
    if (status === 401) throw refused(login, 'HTTP 401');
    if (status === 400 && /client.?id/i.test(text)) throw refused(login, 'it does not know TWITCH_WEB_CLIENT_ID');
    if (status !== 200) throw readRefusal(login, status === 404 ? 400 : status, text);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new SourceUnavailable('unreachable', `${new URL(gqlUrl).host} sends something that is not an answer.`, {
        cause: error,
      });
    }
  }
}

const anySession = () => ({ p: randomInt(10_000_000), session: randomBytes(16).toString('hex') });

/** From `https://www.twitch.tv/name`. */
function loginOf(url: string): string {
  const login = URL.parse(url)?.pathname.split('/')[1] ?? '';
  if (/^\w{2,25}$/.test(login)) return login.toLowerCase();
  throw new SourceUnavailable('not-found', 'This is not the address of a Twitch channel.');
}
