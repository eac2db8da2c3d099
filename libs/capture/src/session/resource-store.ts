import type { MapSection, SegmentKey } from '../hls/playlist.js';
import { inspectInit, isProtected } from '../inspect/inspect-mp4.js';
import { BodyDecipher, encrypted, keyAddress, vectorOf } from './body-decipher.js';
import type { GetOptions } from './http-client.js';
import type { Http } from './http.js';
import { nameOf, SourceFault } from '@streamvault/network';

const MOST_ENTRIES = 8;
const LARGEST_INIT = 4 << 20;
const KEY_BYTES = 16;

/** Init sections and keys, each fetched once for the segments that share it. */
export class ResourceStore {
  readonly #entries = new Map<string, Promise<Buffer>>();

  constructor(
    private readonly http: Http,
    private readonly options: Omit<GetOptions, 'signal' | 'range'>,
  ) {}

  /** @throws SourceFault, also if it is not an init section */
  init(map: MapSection, signal: AbortSignal): Promise<Buffer> {
    const { url, identity, byteRange } = map;
    return this.#once(identity, async () => {
      const body = await this.#get(url, { ...this.options, ...(byteRange && { range: byteRange }), signal });
      // Many packagers put a key before a map that they do not encrypt. No encrypted section looks like this by chance.
      const bytes =
        map.key === undefined || inspectInit(body) !== undefined ? body : await this.#open(map, body, signal);
      const signature = inspectInit(bytes);
      if (signature === undefined) {
        const message = `${nameOf(url)} is not a usable init section: it has no tracks.`;
        throw new SourceFault({ code: 'segment.not-media', message }, false);
      }
      if (isProtected(signature)) throw encrypted('The stream is protected by digital rights management (CENC).');
      return bytes;
    });
  }

  /**
   * An encrypted init section. Its vector has to be given (RFC 8216 section 4.3.2.5), because it has no number to use
   * instead.
   */
  async #open({ url, key }: MapSection, body: Buffer, signal: AbortSignal): Promise<Buffer> {
    if (key === undefined) return body;
    const address = keyAddress(key);
    if (key.iv === undefined) {
      throw encrypted(`${nameOf(url)} is encrypted, and its key comes without the vector that an init section needs.`);
    }
    const decipher = new BodyDecipher(await this.key(address, signal), vectorOf(key, 0), url);
    return Buffer.concat([decipher.update(body), decipher.final()]);
  }

  /** @throws SourceFault, also if the key cannot be fetched */
  async decipher(
    key: SegmentKey,
    { url, mediaSequence }: { readonly url: string; readonly mediaSequence: number },
    signal: AbortSignal,
  ): Promise<BodyDecipher> {
    return new BodyDecipher(await this.key(keyAddress(key), signal), vectorOf(key, mediaSequence), url);
  }

  /** @throws SourceFault, also if it is not a key */
  key(url: string, signal: AbortSignal): Promise<Buffer> {
    return this.#once(`key ${url}`, async () => {
      const bytes = await this.#get(url, { ...this.options, signal });
      if (bytes.length !== KEY_BYTES) {
        const message = `${nameOf(url)} is not a key: it has ${bytes.length} bytes instead of ${KEY_BYTES}.`;
        throw new SourceFault({ code: 'source.bad-key', message }, true);
      }
      return bytes;
    });
  }

  /** Forgets the init sections: after a discontinuity the same address may hold another. */
  forget(): void {
    this.#entries.clear();
  }

  #once(name: string, fetch: () => Promise<Buffer>): Promise<Buffer> {
    const known = this.#entries.get(name);
    if (known !== undefined) return known;
    const fetching = fetch().catch((error: unknown) => {
      // A failure is not kept, so that the next caller tries again.
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
