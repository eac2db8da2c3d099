import { parseAttributes, parseCount } from './attribute-list.js';
import { MediaPlaylistParser } from './media-playlist-parser.js';
import { Definitions } from './definitions.js';
import { isCutOff, linesOf } from './lines.js';
import { resolveUri } from './resolve-uri.js';
import {
  PlaylistError,
  tooMany,
  type MasterPlaylist,
  type Playlist,
  type Rendition,
  type Variant,
} from './playlist.js';

const MASTER_TAG = /^#EXT-X-(STREAM-INF|MEDIA|I-FRAME-STREAM-INF|SESSION-DATA|SESSION-KEY):/;
const MEDIA_TAG =
  /^#EXT(INF:|-X-(TARGETDURATION|MEDIA-SEQUENCE|PLAYLIST-TYPE|ENDLIST|MAP|KEY|BYTERANGE|DISCONTINUITY))/;
const MOST_VARIANTS = 2000;
const MOST_RENDITIONS = 5000;

export interface PlaylistOrigin {
  /** What the master playlist defines that named it. */
  readonly definitions?: ReadonlyMap<string, string> | undefined;
  /** The last line may be only the beginning of one, and is left out where it is an address. */
  readonly mayBeCut?: boolean;
}

/**
 * Parses an HLS playlist (RFC 8216, and what of 8216bis a recorder needs). Unknown tags are passed over, low-latency parts too.
 * Linear in the text's length, and refused where there is more in it than any playlist has. Only http and https addresses come out
 * of it.
 * @param text the body as the server sent it
 * @param baseUrl the address it was finally read from (after redirects), to which relative addresses belong
 * @throws PlaylistError
 */
export function parsePlaylist(text: string, baseUrl: string, origin: PlaylistOrigin = {}): Playlist {
  const kind = kindOf(text);
  const definitions = new Definitions(baseUrl, origin.definitions);
  const parser = kind === 'master' ? new MasterParser(baseUrl, definitions) : new MediaPlaylistParser(baseUrl);
  const cutAt =
    origin.mayBeCut === true && isCutOff(text) ? Math.max(text.lastIndexOf('\n'), text.lastIndexOf('\r')) : -1;
  let number = 0;
  for (const raw of linesOf(cutAt < 0 || text.startsWith('#', cutAt + 1) ? text : text.slice(0, cutAt))) {
    number += 1;
    if (raw === '') continue;
    if (raw.startsWith(DEFINE)) definitions.define(definitions.apply(raw.slice(DEFINE.length)));
    else parser.line(definitions.apply(raw), number);
  }
  return parser.end();
}

const DEFINE = '#EXT-X-DEFINE:';

function kindOf(text: string): Playlist['kind'] {
  let [isFirst, isMaster, isMedia, namesMaster] = [true, false, false, false];
  for (const line of linesOf(text)) {
    if (isFirst && line !== '#EXTM3U') throw notAPlaylist(text);
    isFirst = false;
    if (!line.startsWith('#EXT')) continue;
    isMaster ||= line.startsWith('#EXT-X-STREAM-INF:');
    isMedia ||= MEDIA_TAG.test(line);
    namesMaster ||= MASTER_TAG.test(line);
    if (isMaster && line.startsWith('#EXTINF:'))
      throw new PlaylistError('playlist.malformed', 'It lists both variants and segments, which no playlist may.');
    // One tag of each kind is as good as thousands.
    if (isMedia && line.startsWith('#EXTINF:')) return mediaUnlessMixed(text);
  }
  if (isMaster) return 'master';
  if (isMedia) return 'media';
  const what = namesMaster ? 'no variant that could be played' : 'no segments';
  throw new PlaylistError('playlist.malformed', `It is a playlist header with ${what} behind it.`);
}

function mediaUnlessMixed(text: string): 'media' {
  if (text.includes('\n#EXT-X-STREAM-INF:'))
    throw new PlaylistError('playlist.malformed', 'It lists both variants and segments, which no playlist may.');
  return 'media';
}

function notAPlaylist(text: string): PlaylistError {
  const start = text
    .replace(/^\uFEFF/, '')
    .trimStart()
    .slice(0, 2000);
  let seen = 'The answer does not begin with #EXTM3U.';
  if (start === '') seen = 'The answer is empty.';
  else if (/^<(!doctype|html|head|body|\?xml|!--)/i.test(start)) {
    const title = /<title>([^<]{1,100})/i.exec(start)?.[1]?.trim();
    seen = `The answer is a web page${title === undefined ? '' : ` titled “${title}”`}.`;
  } else if (/^[[{]/.test(start)) seen = 'The answer is JSON.';
  return new PlaylistError('playlist.not-a-playlist', seen);
}

/** One pass over a master playlist's lines (RFC 8216 section 4.3.4). */
class MasterParser {
  readonly #variants: VariantAttributes[] = [];
  readonly #renditions: Rendition[] = [];
  #pending: ReadonlyMap<string, string> | undefined;

  constructor(
    private readonly baseUrl: string,
    private readonly definitions: Definitions,
  ) {}

  line(line: string): void {
    if (line.startsWith('#EXT-X-STREAM-INF:')) this.#pending = parseAttributes(line.slice('#EXT-X-STREAM-INF:'.length));
    else if (line.startsWith('#EXT-X-MEDIA:')) {
      const rendition = toRendition(parseAttributes(line.slice('#EXT-X-MEDIA:'.length)), this.baseUrl);
      if (rendition) this.#renditions.push(rendition);
      if (this.#renditions.length > MOST_RENDITIONS) throw tooMany('renditions', MOST_RENDITIONS);
    } else if (!line.startsWith('#') && this.#pending !== undefined) {
      this.#variants.push(toVariant(this.#pending, resolveUri(line, this.baseUrl)));
      this.#pending = undefined;
      if (this.#variants.length > MOST_VARIANTS) throw tooMany('variants', MOST_VARIANTS);
    }
  }

  end(): MasterPlaylist {
    if (this.#variants.length === 0)
      throw new PlaylistError('playlist.malformed', 'It announces variants but gives no address.');
    const videos = new Map(
      this.#renditions
        .filter(({ type }) => type === 'VIDEO')
        .toReversed()
        .map(({ groupId, name }) => [groupId, name]),
    );
    return {
      kind: 'master',
      variants: this.#variants.map((variant) => named(variant, videos)),
      renditions: this.#renditions,
      definitions: this.definitions.values,
    };
  }
}

type VariantAttributes = Variant & { readonly videoGroup?: string };

function toVariant(attributes: ReadonlyMap<string, string>, url: URL): VariantAttributes {
  const resolution = /^(\d{1,6})x(\d{1,6})$/i.exec(attributes.get('RESOLUTION') ?? '');
  const frameRate = Number(attributes.get('FRAME-RATE'));
  const averageBandwidth = parseCount(attributes.get('AVERAGE-BANDWIDTH'));
  const name = attributes.get('IVS-NAME') ?? attributes.get('STABLE-VARIANT-ID') ?? attributes.get('NAME');
  const codecs = attributes.get('CODECS');
  const audioGroup = attributes.get('AUDIO');
  const videoGroup = attributes.get('VIDEO');
  return {
    url: url.href,
    bandwidth: parseCount(attributes.get('BANDWIDTH')) ?? averageBandwidth ?? 0,
    ...(averageBandwidth !== undefined && { averageBandwidth }),
    ...(resolution && { width: Number(resolution[1]), height: Number(resolution[2]) }),
    ...(Number.isFinite(frameRate) && frameRate > 0 && { frameRate }),
    ...(codecs !== undefined && { codecs }),
    ...(name !== undefined && { name }),
    ...(audioGroup !== undefined && { audioGroup }),
    ...(videoGroup !== undefined && { videoGroup }),
  };
}

/** Where a variant has no name of its own, its video rendition's serves. */
function named({ videoGroup, ...variant }: VariantAttributes, videos: ReadonlyMap<string, string>): Variant {
  const name = variant.name ?? (videoGroup === undefined ? undefined : videos.get(videoGroup));
  return name === undefined ? variant : { ...variant, name };
}

function toRendition(attributes: ReadonlyMap<string, string>, baseUrl: string): Rendition | undefined {
  const type = attributes.get('TYPE');
  const groupId = attributes.get('GROUP-ID');
  // Captions are not recorded, so nothing about them can spoil the rest.
  if ((type !== 'AUDIO' && type !== 'VIDEO') || groupId === undefined) return undefined;
  const uri = attributes.get('URI');
  const language = attributes.get('LANGUAGE');
  return {
    type,
    groupId,
    name: attributes.get('NAME') ?? '',
    ...(uri !== undefined && { url: resolveUri(uri, baseUrl).href }),
    default: attributes.get('DEFAULT') === 'YES',
    ...(language !== undefined && { language }),
  };
}
