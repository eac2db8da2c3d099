import { resolveUri } from './resolve-uri.js';
import { identify, stableQuery } from './segment-identity.js';
import { PlaylistError } from './playlist.js';

/** An address in a playlist, made absolute, and the name of the whole resource without any token. */
export interface Address {
  readonly href: string;
  readonly name: string;
}

/** Limit for all addresses of one playlist together, in characters. A short address grows when it is made absolute. */
const MOST_CHARACTERS = 64 << 20;
/** A path below the playlist's own with one meaning only: nothing in it is escaped, and it does not lead up. */
const PLAIN = /^[\w~-][\w.~/-]*(\?[\w.~/=&%:,-]*)?$/;

/** Makes a playlist's addresses absolute. Most addresses of a list share one folder, which is resolved once. */
export class Addresses {
  readonly #folder: string;
  readonly #folderPath: string;
  #characters = 0;
  /** The last query; many addresses share it. */
  #query = { text: '', stable: '' };

  constructor(private readonly baseUrl: string) {
    const folder = URL.parse('.', baseUrl);
    this.#folder = folder?.href ?? '';
    this.#folderPath = folder?.pathname ?? '';
  }

  /** @throws PlaylistError for anything but http and https, or if all addresses together are too long */
  of(uri: string): Address {
    const address = this.#folder !== '' && PLAIN.test(uri) && !uri.includes('/.') ? this.#plain(uri) : this.#any(uri);
    this.#characters += address.href.length;
    if (this.#characters > MOST_CHARACTERS)
      throw new PlaylistError('source.too-large', 'Its addresses together are too long for a playlist.');
    return address;
  }

  #plain(uri: string): Address {
    const mark = uri.indexOf('?');
    const path = this.#folderPath + (mark < 0 ? uri : uri.slice(0, mark));
    const query = mark < 0 ? '' : this.#stable(uri.slice(mark));
    return { href: this.#folder + uri, name: path + query };
  }

  #stable(text: string): string {
    if (this.#query.text !== text) this.#query = { text, stable: stableQuery(new URLSearchParams(text)) };
    return this.#query.stable;
  }

  #any(uri: string): Address {
    const url = resolveUri(uri, this.baseUrl);
    return { href: url.href, name: identify(url) };
  }
}
