import { Definitions } from './definitions.js';
import { isCutOff, linesOf, startOf, trimmed } from './lines.js';
import { MasterPlaylistParser } from './master-playlist-parser.js';
import { MediaPlaylistParser } from './media-playlist-parser.js';
import { kindOf } from './playlist-kind.js';
import type { Playlist } from './playlist.js';

export interface PlaylistOrigin {
  /** Definitions of the master playlist that names this one. */
  readonly definitions?: ReadonlyMap<string, string> | undefined;
  /** The last line may be incomplete. If it is an address, it is left out. */
  readonly mayBeCut?: boolean;
}

/**
 * Parses an HLS playlist (RFC 8216, and what a recorder needs of 8216bis). Unknown tags are skipped, low-latency parts
 * too. The cost is linear in the text's length, and a text with more in it than a playlist can have is refused. Only
 * http and https addresses come out.
 * @param text the body as the server sent it
 * @param baseUrl the address it was finally read from (after redirects), to which relative addresses belong
 * @throws PlaylistError
 */
export const parsePlaylist = (text: string, baseUrl: string, origin: PlaylistOrigin = {}): Playlist =>
  new PlaylistReader().read(text, baseUrl, origin);

interface ReadBefore {
  readonly text: string;
  readonly baseUrl: string;
  readonly imported: PlaylistOrigin['definitions'];
  readonly mayBeCut: boolean;
  readonly lines: Lines;
  readonly playlist: Playlist;
}

/**
 * Reads a playlist repeatedly. One that only grew (an EVENT playlist lists all segments of a broadcast) costs only what
 * was added, and one that did not change gives the very same object.
 */
export class PlaylistReader {
  #before: ReadBefore | undefined;

  /** As {@link parsePlaylist}. */
  read(text: string, baseUrl: string, { definitions, mayBeCut = false }: PlaylistOrigin = {}): Playlist {
    const before = this.#before;
    this.#before = undefined;
    const isSame = before?.baseUrl === baseUrl && before.imported === definitions && text.startsWith(before.text);
    if (isSame && before.text.length === text.length && before.mayBeCut === mayBeCut) {
      this.#before = before;
      return before.playlist;
    }
    const goesOn = isSame && before.text.endsWith('\n') && before.playlist.kind === 'media';
    const rest = goesOn ? copyOf(text.slice(before.text.length)) : text;
    const lines = goesOn ? before.lines : new Lines(kindOf(text), baseUrl, definitions);
    const playlist = lines.take(mayBeCut ? withoutStump(rest) : rest);
    this.#before = { text, baseUrl, imported: definitions, mayBeCut, lines, playlist };
    return playlist;
  }
}

const DEFINE = '#EXT-X-DEFINE:';

class Lines {
  readonly #definitions: Definitions;
  readonly #parser: MasterPlaylistParser | MediaPlaylistParser;
  #number = 0;

  constructor(kind: Playlist['kind'], baseUrl: string, imported: PlaylistOrigin['definitions']) {
    this.#definitions = new Definitions(baseUrl, imported);
    this.#parser =
      kind === 'master' ? new MasterPlaylistParser(baseUrl, this.#definitions) : new MediaPlaylistParser(baseUrl);
  }

  /** @param text whole lines, following those taken before */
  take(text: string): Playlist {
    if (text.includes('\r')) for (const line of linesOf(text)) this.#line(line);
    else this.#takeLines(text);
    return this.#parser.end();
  }

  #takeLines(text: string): void {
    for (let start = startOf(text); start < text.length;) {
      const next = this.#skim(text, start);
      if (next > start) {
        this.#number += 1;
        start = next;
        continue;
      }
      const found = text.indexOf('\n', start);
      const end = found < 0 ? text.length : found;
      this.#line(trimmed(text.slice(start, end)));
      start = end + 1;
    }
  }

  #skim(text: string, start: number): number {
    return this.#parser instanceof MediaPlaylistParser && this.#definitions.values.size === 0
      ? this.#parser.skim(text, start)
      : start;
  }

  #line(line: string): void {
    this.#number += 1;
    if (line === '') return;
    if (line.startsWith(DEFINE)) this.#definitions.define(this.#definitions.apply(line.slice(DEFINE.length)));
    else this.#parser.line(this.#definitions.apply(line), this.#number);
  }
}

/** A substring keeps the whole string in memory, so without a copy every reload would stay there. */
const copyOf = (text: string): string => Buffer.from(text).toString();

/** The text without its last line, if that is an address without a line end. */
function withoutStump(text: string): string {
  const cutAt = isCutOff(text) ? Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) : -1;
  return cutAt < 0 || text.startsWith('#', cutAt + 1) ? text : text.slice(0, cutAt);
}
