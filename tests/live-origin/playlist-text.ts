import type { AdBreak, BroadcastVariant, PublishedSegment } from './published.js';

export interface PlaylistText {
  readonly variant: BroadcastVariant;
  readonly segments: readonly PublishedSegment[];
  /** Of the first segment. */
  readonly mediaSequence: number;
  readonly discontinuitySequence: number;
  readonly segmentSeconds: number;
  readonly programDateTime: boolean;
  readonly nowMs: number;
  readonly ended: boolean;
  readonly addressOf: (file: string) => string;
}

/** A media playlist over the segments, in the order in which they are given. */
export function playlistText(facts: PlaylistText): string {
  const { variant, segments } = facts;
  const fragmented = variant.media.init !== undefined;
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${fragmented ? 6 : 3}`,
    `#EXT-X-TARGETDURATION:${Math.ceil(facts.segmentSeconds)}`,
    `#EXT-X-MEDIA-SEQUENCE:${facts.mediaSequence}`,
    `#EXT-X-DISCONTINUITY-SEQUENCE:${facts.discontinuitySequence}`,
  ];
  const breaks = new Set(segments.flatMap(({ ad }) => ad ?? []));
  for (const ad of breaks) lines.push(...dateRanges(ad, facts.nowMs));
  let [map, key] = ['', ''];
  for (const segment of segments) {
    if (segment.discontinuity) lines.push('#EXT-X-DISCONTINUITY');
    const init = fragmented ? `#EXT-X-MAP:URI="${variant.name}/${initFile(segment)}.mp4"` : '';
    if (init !== map) lines.push(init);
    map = init;
    const lock = keyTag(segment);
    if (lock !== key) lines.push(lock);
    key = lock;
    if (facts.programDateTime) lines.push(`#EXT-X-PROGRAM-DATE-TIME:${iso(segment.programDateTimeMs)}`);
    lines.push(
      `#EXTINF:${segment.durationSeconds.toFixed(3)},${segment.ad?.mark === 'title' ? 'Amazon|1234567890' : 'live'}`,
      facts.addressOf(`${segment.name}.${fragmented ? 'm4s' : 'ts'}`),
    );
  }
  if (facts.ended) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

const initFile = ({ alternate, initEdition }: PublishedSegment): string =>
  `init${alternate ? '-alternate' : ''}${initEdition === 0 ? '' : `-${initEdition}`}`;

function keyTag({ key }: PublishedSegment): string {
  if (key === undefined) return '';
  const vector = key.iv === undefined ? '' : `,IV=0x${key.iv.toString('hex')}`;
  return `#EXT-X-KEY:METHOD=AES-128,URI="keys/${key.number}"${vector}`;
}

const iso = (ms: number): string => new Date(ms).toISOString();

/** As Twitch writes them: the tags of a break, and two that are in every playlist and mean nothing here. */
function dateRanges({ mark, number, fromMs, toMs }: AdBreak, nowMs: number): readonly string[] {
  const start = `START-DATE="${iso(fromMs)}"`;
  const duration = `DURATION=${((toMs - fromMs) / 1000).toFixed(3)}`;
  const range = (id: string, rest: string): string => `#EXT-X-DATERANGE:ID="${id}",${rest}`;
  switch (mark) {
    case 'title':
      return [];
    case 'class':
      return [
        range(`break-${number}`, `CLASS="twitch-stitched-ad",${start},${duration},X-TV-TWITCH-AD-ROLL-TYPE="MIDROLL"`),
      ];
    case 'id':
      return [range(`stitched-ad-${number}`, `${start},END-DATE="${iso(toMs)}"`)];
    case 'open':
      return [range(`stitched-ad-${number}`, nowMs > toMs ? `${start},END-DATE="${iso(toMs)}"` : start)];
    case 'pods': {
      const pods = Array.from({ length: Math.ceil((toMs - fromMs) / 10_000) }, (_, index) => fromMs + index * 10_000);
      return [
        range('session', `CLASS="twitch-session",${start},END-ON-NEXT=YES`),
        ...pods.map((at, index) =>
          range(
            `pod-${number}-${index}`,
            `CLASS="twitch-stitched-ad",START-DATE="${iso(at)}",DURATION=${(Math.min(toMs, at + 10_000) - at) / 1000}`,
          ),
        ),
        range('source', `CLASS="twitch-stream-source",${start},END-ON-NEXT=YES,X-TV-TWITCH-STREAM-SOURCE="live"`),
      ];
    }
    default:
      return mark satisfies never;
  }
}
