import { parseAttributes } from './attribute-list.js';
import { PlaylistError } from './playlist.js';

const MOST = 1000;
const LONGEST_VALUE = 4096;
/** How much all substitutions of a playlist together may add to it. */
const MOST_ADDED = 32 << 20;

const REFERENCE = /\{\$([\w-]{1,200})\}/g;

/**
 * Variables of a playlist (`EXT-X-DEFINE`, RFC 8216bis section 4.4.2.3): defined in it, in its master playlist, or in
 * its own address.
 */
export class Definitions {
  readonly #values = new Map<string, string>();
  #added = 0;

  constructor(
    private readonly baseUrl: string,
    private readonly imported: ReadonlyMap<string, string> = new Map(),
  ) {}

  get values(): ReadonlyMap<string, string> {
    return this.#values;
  }

  /** @param list the attributes of the tag */
  define(list: string): void {
    const attributes = parseAttributes(list);
    const [name, parameter, imported] = ['NAME', 'QUERYPARAM', 'IMPORT'].map((word) => attributes.get(word));
    if (name !== undefined) this.#set(name, attributes.get('VALUE'));
    else if (parameter !== undefined)
      this.#set(parameter, URL.parse(this.baseUrl)?.searchParams.get(parameter) ?? undefined);
    else if (imported !== undefined) this.#set(imported, this.imported.get(imported));
  }

  #set(name: string, value: string | undefined): void {
    if (value === undefined)
      throw new PlaylistError('playlist.malformed', `It gives “${name.slice(0, 100)}” no value.`);
    if (this.#values.size >= MOST || value.length > LONGEST_VALUE)
      throw new PlaylistError('source.too-large', 'It defines more than a playlist could need.');
    this.#values.set(name, value);
  }

  /** The line with values in place of names. Unknown names stay as they are. */
  apply(line: string): string {
    if (this.#values.size === 0 || !line.includes('{$')) return line;
    const whole = line.replaceAll(REFERENCE, (reference, name: string) => {
      const value = this.#values.get(name) ?? reference;
      this.#added += value.length;
      if (this.#added > MOST_ADDED)
        throw new PlaylistError('source.too-large', 'Its definitions make it longer than a playlist may be.');
      return value;
    });
    return whole;
  }
}
