import { parseAttributes, parseCount } from './attribute-list.js';
import { MediaPlaylistParser } from './media-playlist-parser.js';
import { resolveUri } from './resolve-uri.js';
import { PlaylistError, type MasterPlaylist, type Playlist, type Rendition, type Variant } from './playlist.js';

const MASTER_TAG = /^#EXT-X-(STREAM-INF|MEDIA|I-FRAME-STREAM-INF|SESSION-DATA|SESSION-KEY):/;
const MEDIA_TAG =
  /^#EXT(INF:|-X-(TARGETDURATION|MEDIA-SEQUENCE|PLAYLIST-TYPE|ENDLIST|MAP|KEY|BYTERANGE|DISCONTINUITY))/;

/**
 * Parses an HLS playlist (RFC 8216, and what of 8216bis a recorder needs). Unknown tags are passed over, low-latency parts too.
 * Linear in the text's length. Only http and https addresses come out of it.
 * @param text the body as the server sent it
 * @param baseUrl the address it was finally read from (after redirects), to which relative addresses belong
 * @throws PlaylistError
 */
export function parsePlaylist(text: string, baseUrl: string): Playlist {
  const lines = text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/);
  if (lines[0]?.trim() !== '#EXTM3U') throw notAPlaylist(text);
  const master = lines.some((line) => line.startsWith('#EXT-X-STREAM-INF:'));
  if (master) {
    if (lines.some((line) => line.startsWith('#EXTINF:'))) {
      throw new PlaylistError('playlist.malformed', 'It lists both variants and segments, which no playlist may.');
    }
    return parseMaster(lines, baseUrl);
  }
  if (!lines.some((line) => MEDIA_TAG.test(line))) {
    const what = lines.some((line) => MASTER_TAG.test(line)) ? 'no variant that could be played' : 'no segments';
    throw new PlaylistError('playlist.malformed', `It is a playlist header with ${what} behind it.`);
  }
  return new MediaPlaylistParser(baseUrl).parse(lines);
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

function parseMaster(lines: readonly string[], baseUrl: string): MasterPlaylist {
  const variants: Variant[] = [];
  const renditions: Rendition[] = [];
  let pending: ReadonlyMap<string, string> | undefined;
  for (const line of lines) {
    if (line.startsWith('#EXT-X-STREAM-INF:')) pending = parseAttributes(line.slice('#EXT-X-STREAM-INF:'.length));
    else if (line.startsWith('#EXT-X-MEDIA:')) {
      const rendition = toRendition(parseAttributes(line.slice('#EXT-X-MEDIA:'.length)), baseUrl);
      if (rendition) renditions.push(rendition);
    } else if (line.trim() !== '' && !line.startsWith('#') && pending !== undefined) {
      variants.push(toVariant(pending, resolveUri(line, baseUrl)));
      pending = undefined;
    }
  }
  if (variants.length === 0)
    throw new PlaylistError('playlist.malformed', 'It announces variants but gives no address.');
  return { kind: 'master', variants: variants.map((variant) => named(variant, renditions)), renditions };
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
function named({ videoGroup, ...variant }: VariantAttributes, renditions: readonly Rendition[]): Variant {
  const rendition = renditions.find(({ type, groupId }) => type === 'VIDEO' && groupId === videoGroup);
  const name = variant.name ?? rendition?.name;
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
