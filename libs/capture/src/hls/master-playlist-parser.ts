import { parseAttributes, parseCount } from './attribute-list.js';
import type { Definitions } from './definitions.js';
import { resolveUri } from './resolve-uri.js';
import { PlaylistError, tooMany, type MasterPlaylist, type Rendition, type Variant } from './playlist.js';

const MOST_VARIANTS = 2000;
const MOST_RENDITIONS = 5000;

/** One pass over a master playlist's lines (RFC 8216 section 4.3.4). */
export class MasterPlaylistParser {
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

/** A variant without a name of its own takes that of its video rendition. */
function named({ videoGroup, ...variant }: VariantAttributes, videos: ReadonlyMap<string, string>): Variant {
  const name = variant.name ?? (videoGroup === undefined ? undefined : videos.get(videoGroup));
  return name === undefined ? variant : { ...variant, name };
}

function toRendition(attributes: ReadonlyMap<string, string>, baseUrl: string): Rendition | undefined {
  const type = attributes.get('TYPE');
  const groupId = attributes.get('GROUP-ID');
  // Captions are not recorded, so an error in them is no reason to refuse the rest.
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
