import type { MapSection } from '../hls/playlist.js';
import { inspectInit } from '../media/inspect-mp4.js';
import type { GetOptions } from './http-client.js';
import type { Http } from './http.js';
import { nameOf, SourceFault } from './source-fault.js';

const MOST_ENTRIES = 8;
const LARGEST_INIT = 4 << 20;
const KEY_BYTES = 16;

/** Init sections and keys, fetched once each for the segments that share them. */
export class ResourceStore {
  readonly #entries = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly http: Http,
    private readonly options: Omit<GetOptions, 'signal' | 'range'>,
  ) {}

  /** @throws SourceFault, also where it is no init section */
  init({ url, identity, byteRange }: MapSection, signal: AbortSignal): Promise<Buffer> {
    return this.#once(identity, async () => {
      const bytes = await this.#get(url, { ...this.options, ...(byteRange && { range: byteRange }), signal });
      if (inspectInit(bytes) === undefined) {
        const message = `${nameOf(url)} is no usable init section: it has no tracks.`;
        throw new SourceFault({ code: 'segment.not-media', message }, false);
      }
      return bytes;
    });
  }

  /** @throws SourceFault, also where it is no key */
  key(url: string, signal: AbortSignal): Promise<Buffer> {
    return this.#once(`key ${url}`, async () => {
      const bytes = await this.#get(url, { ...this.options, signal });
      if (bytes.length !== KEY_BYTES) {
        const message = `${nameOf(url)} is no key: it has ${bytes.length} bytes instead of ${KEY_BYTES}.`;
        throw new SourceFault({ code: 'source.bad-key', message }, true);
      }
      return bytes;
    });
  }

  /** Forgets the init sections: behind a discontinuity the same address may hold another. */
  forget(): void {
    this.#entries.clear();
  }

  #once(name: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const fetching = fetch().catch((error: unknown) => {
      // A failure is not worth remembering; whoever asks next tries again.
      this.#entries.delete(name);
      throw error;
    });
    this.#entries.set(name, fetching);
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= MOST_ENTRIES) break;
      this.#entries.delete(oldest);
    }
    return fetching;
  }

  async #get(url: string, options: GetOptions): Promise<Buffer> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    await this.http.getBody(url, options, {
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > LARGEST_INIT) {
          throw new SourceFault({ code: 'source.too-large', message: `${nameOf(url)} is too large.` }, true);
        }
        chunks.push(chunk);
      },
    });
    return Buffer.concat(chunks);
  }
}
