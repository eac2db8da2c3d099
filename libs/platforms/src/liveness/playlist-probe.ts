import { ask, type Connections } from '@streamvault/network';
import { hash } from 'node:crypto';
import type { Liveness } from '../source-resolver.js';

const timeoutMilliseconds = 10_000;
/**
 * A playlist that has not changed for this many target durations, and this long, belongs to a broadcast that is over.
 */
const staleTargets = 4;
const staleMilliseconds = 40_000;
/** How many playlists are remembered to see whether they change. */
const mostRemembered = 5000;

interface Seen {
  readonly content: string;
  readonly since: number;
}

/**
 * Whether a plain HLS playlist or DASH manifest belongs to a broadcast that goes on: one small request, or two if it
 * has variants.
 */
export class PlaylistProbe {
  readonly #connections: Connections;
  readonly #seen = new Map<string, Seen>();

  constructor(connections: Connections) {
    this.#connections = connections;
  }

  /** @throws only the signal's reason */
  async look(address: string, proxies: readonly string[] | undefined, signal: AbortSignal): Promise<Liveness> {
    const answer = await this.#get(new URL(address), 'given', proxies, signal);
    if (typeof answer === 'string') return answer;
    if (answer.text.includes('<MPD')) return /<MPD[^>]*\stype="dynamic"/.test(answer.text) ? 'live' : 'offline';
    if (!answer.text.startsWith('#EXTM3U')) return 'unknown';
    const variant = variantOf(answer.text);
    // A master playlist that names nothing that can be read says nothing.
    if (variant === undefined)
      return answer.text.includes('#EXT-X-STREAM-INF') ? 'unknown' : this.#judge(address, answer.text);
    const url = URL.parse(variant, answer.url.href);
    if (!url) return 'unknown';
    const media = await this.#get(url, await this.#reach(answer.url), proxies, signal);
    return typeof media === 'string' ? media : this.#judge(address, media.text);
  }

  #judge(address: string, text: string): Liveness {
    if (!text.startsWith('#EXTM3U')) return 'unknown';
    if (text.includes('#EXT-X-ENDLIST')) return 'offline';
    if (!/#EXTINF|#EXT-X-PART:/.test(text)) return 'offline';
    const target = Number(/#EXT-X-TARGETDURATION:(\d+)/.exec(text)?.[1] ?? 6);
    const content = hash('sha1', text);
    const before = this.#seen.get(address);
    const now = Date.now();
    this.#seen.delete(address);
    this.#seen.set(address, before?.content === content ? before : { content, since: now });
    const [oldest] = this.#seen.keys();
    if (this.#seen.size > mostRemembered && oldest !== undefined) this.#seen.delete(oldest);
    if (before?.content !== content) return 'live';
    return now - before.since > Math.max(staleMilliseconds, target * staleTargets * 1000) ? 'offline' : 'live';
  }

  async #reach(url: URL) {
    return this.#connections.reach(url, 'given', 'direct').catch(() => 'public' as const);
  }

  async #get(
    url: URL,
    from: Parameters<Connections['reach']>[1],
    proxies: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly url: URL; readonly text: string } | Liveness> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(timeoutMilliseconds)]);
    try {
      const { status, text, headers } = await ask(this.#connections, {
        url,
        headers: {},
        proxies,
        from,
        signal: within,
      });
      const { location } = headers;
      if (status >= 300 && status < 400 && typeof location === 'string') {
        const next = URL.parse(location, url.href);
        return next ? await this.#followed(next, await this.#reach(url), proxies, within) : 'unknown';
      }
      return wordOf(status) ?? { url, text };
    } catch {
      signal.throwIfAborted();
      // Whatever the error, it says nothing about the broadcast.
      return 'unknown';
    }
  }

  /** Follows one redirect only. */
  async #followed(
    url: URL,
    from: Parameters<Connections['reach']>[1],
    proxies: readonly string[] | undefined,
    signal: AbortSignal,
  ): Promise<{ readonly url: URL; readonly text: string } | Liveness> {
    const { status, text } = await ask(this.#connections, { url, headers: {}, proxies, from, signal });
    return wordOf(status) ?? { url, text };
  }
}

/** Undefined if there is a body to read. */
function wordOf(status: number): Liveness | undefined {
  if (status === 404 || status === 410) return 'offline';
  return status === 200 ? undefined : 'unknown';
}

/** The first variant of a master playlist. */
const variantOf = (text: string): string | undefined =>
  /^#EXT-X-STREAM-INF:.*\r?\n(?:#.*\r?\n|\s*\r?\n)*([^#\s].*?)\s*$/m.exec(text)?.[1];
