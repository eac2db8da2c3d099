import type { Ledger, LedgerAd, LedgerPart, LedgerSegment } from '../ledger/ledger.js';

export interface LedgerPlaylistOptions {
  /** The address of a part, absolute or relative to the playlist. */
  readonly partUri: (part: LedgerPart) => string;
  /** Nothing more will come: VOD with an end. Default: what the ledger says (it knows of an ENDLIST, not of a stop). */
  readonly ended?: boolean;
}

/** A class of our own, so that players do not skip anything because of it. */
const AD_KEPT = 'streamvault-ad-kept';
const AD_SKIPPED = 'streamvault-ad-skipped';

/** A date-time that differs by more than this from what the durations give is written out. */
const DATE_TIME_TOLERANCE_MS = 20;

/**
 * A media playlist (RFC 8216) over a recording's parts by byte ranges: EVENT while it grows, VOD with ENDLIST once it
 * has ended. A discontinuity marks a break in the source's timeline, not a restart that merely began another file.
 * Advertising, kept or left out, is a date range that is written after its end, so that the text before it never
 * changes.
 */
export function playlistFromLedger(ledger: Ledger, { partUri, ended }: LedgerPlaylistOptions): string {
  const over = ended ?? ledger.ended !== undefined;
  const { segments } = ledger;
  const mp4 = ledger.parts.some((part) => part.container === 'mp4');
  // Byte ranges need version 4, a map outside I-frame playlists version 6 (RFC 8216 section 7).
  let text = `#EXTM3U
#EXT-X-VERSION:${mp4 ? 6 : 4}
#EXT-X-TARGETDURATION:${targetDuration(ledger)}
#EXT-X-MEDIA-SEQUENCE:0
#EXT-X-PLAYLIST-TYPE:${over ? 'VOD' : 'EVENT'}
`;
  let last: LedgerSegment | undefined;
  let uri = '';
  let told = 0;
  const adsBefore = (index: number): string => {
    let tags = '';
    for (let ad = ledger.ads[told]; ad !== undefined && ad.segmentsBefore <= index; ad = ledger.ads[told]) {
      told += 1;
      tags += adTag(ad, told);
    }
    return tags;
  };
  for (const segment of segments) {
    if (!segment.ad) text += adsBefore(segment.index);
    if (last !== undefined && !segment.continuous) text += '#EXT-X-DISCONTINUITY\n';
    if (last?.part !== segment.part) {
      uri = partUri(segment.part);
      text += mapTag(segment.part, uri);
    }
    if (last === undefined || !segment.continuous || driftMs(last, segment) > DATE_TIME_TOLERANCE_MS) {
      text += `#EXT-X-PROGRAM-DATE-TIME:${new Date(segment.startsAtMs).toISOString()}\n`;
    }
    text += `#EXTINF:${seconds(segment.durationSeconds)},\n#EXT-X-BYTERANGE:${segment.length}@${segment.offset}\n${uri}\n`;
    last = segment;
  }
  return over ? `${text}${adsBefore(segments.length)}#EXT-X-ENDLIST\n` : text;
}

/** RFC 8216 section 4.3.2.7. */
const adTag = ({ from, seconds: duration, kept }: LedgerAd, number: number): string =>
  `#EXT-X-DATERANGE:ID="ad-${number}",CLASS="${kept ? AD_KEPT : AD_SKIPPED}",START-DATE="${from}",DURATION=${seconds(duration)}\n`;

export interface MasterOptions {
  /** Addresses of the two playlists, absolute or relative to this one. */
  readonly pictureUri: string;
  readonly soundUri: string;
}

/** A master playlist (RFC 8216 section 4.3.4) for a recording whose audio has a ledger of its own. */
export function masterPlaylist(picture: Ledger, sound: Ledger, { pictureUri, soundUri }: MasterOptions): string {
  const rate = ({ totals }: Ledger): number =>
    totals.durationSeconds === 0 ? 0 : (totals.bytes * 8) / totals.durationSeconds;
  const bandwidth = Math.max(1, Math.ceil(rate(picture) + rate(sound)));
  return `#EXTM3U
#EXT-X-VERSION:6
#EXT-X-INDEPENDENT-SEGMENTS
#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="sound",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES,URI="${soundUri}"
#EXT-X-STREAM-INF:BANDWIDTH=${bandwidth},AUDIO="sound"
${pictureUri}
`;
}

/** No rounded segment may exceed it (RFC 8216 section 4.3.3.1), and it should not change while a playlist grows. */
function targetDuration(ledger: Ledger): number {
  let longest = 1;
  for (const part of ledger.parts) longest = Math.max(longest, Math.ceil(part.targetDurationSeconds));
  for (const segment of ledger.segments) longest = Math.max(longest, Math.round(segment.durationSeconds));
  return longest;
}

function mapTag({ init }: LedgerPart, uri: string): string {
  return init === undefined ? '' : `#EXT-X-MAP:URI="${uri}",BYTERANGE="${init.length}@${init.offset}"\n`;
}

/** Players extrapolate date-times from the last one written, so what counts is the distance to the segment before. */
function driftMs(last: LedgerSegment, segment: LedgerSegment): number {
  return Math.abs(segment.startsAtMs - last.startsAtMs - last.durationSeconds * 1000);
}

const seconds = (value: number): string => String(Math.round(value * 1e6) / 1e6);
