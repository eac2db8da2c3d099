import { assertReachable } from '../ffmpeg/assert-reachable.js';
import type { AllowedHosts } from '../network/allowed-hosts.js';
import type { CaptureSource } from '../port.js';
import type { LiveWord, SourceResolver, WantedSource } from './source-resolver.js';
import { SourceUnavailable } from './source-unavailable.js';
import type { StreamlinkResolver } from './streamlink/streamlink-resolver.js';

const PEEK_MS = 10_000;

/** Addresses that do not tell what they are: a page that streamlink knows, else a playlist under an unusual name. */
export class WebResolver implements SourceResolver {
  constructor(
    private readonly streamlink: StreamlinkResolver,
    private readonly allowed: AllowedHosts,
  ) {}

  async resolve(wanted: WantedSource, signal: AbortSignal): Promise<CaptureSource> {
    try {
      return await this.streamlink.resolve(wanted, signal);
    } catch (error) {
      if (!(error instanceof SourceUnavailable)) throw error;
      const itself: CaptureSource = { url: wanted.url, engine: 'hls' };
      if (error.problem === 'unsupported') return itself;
      const isNobodyThere = error.problem === 'tool-missing' || error.problem === 'tool-too-old';
      // Only what certainly is a page needs the tool: the engine tells of everything else itself.
      if (isNobodyThere && !(await this.#isPage(wanted.url, signal))) return itself;
      throw error;
    }
  }

  async isLive(wanted: WantedSource, signal: AbortSignal): Promise<LiveWord | undefined> {
    const { status } = await this.streamlink.state();
    return status === 'ok' ? this.streamlink.isLive(wanted, signal) : undefined;
  }

  async #isPage(url: string, signal: AbortSignal): Promise<boolean> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(PEEK_MS)]);
    try {
      await assertReachable({ url }, this.allowed);
      const answer = await fetch(url, { redirect: 'manual', signal: within });
      const type = answer.headers.get('content-type') ?? '';
      await answer.body?.cancel();
      return answer.status === 200 && /^text\/html|^application\/xhtml/i.test(type);
    } catch {
      // Whatever is in the way, the engine meets it too and says what it is.
      return false;
    }
  }
}
