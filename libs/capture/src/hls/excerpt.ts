import type { ByteRange, MediaPlaylist, MediaSegment } from './playlist.js';

/** Some seconds of a video, as a playlist of their own. */
export interface Excerpt {
  /** With absolute addresses, and a date-time for each segment. */
  readonly text: string;
  readonly seconds: number;
  /** So much of it comes without its audio, because the platform has muted it. */
  readonly mutedSeconds: number;
}

/** Twitch lists what it has muted under the name of the original, which it does not give out, or under its own. */
const UNMUTED = /-unmuted(?=\.\w+(?:[?#]|$))/;
const MUTED = /-(?:un)?muted(?=\.\w+(?:[?#]|$))/;

/**
 * The segments of a finished playlist that were broadcast in a span, as a playlist of their own; undefined if there are
 * none. What touches the span is in it, also where only a part is in the span.
 * @param startsAtMs when the first segment was broadcast, if the list itself does not say
 */
export function excerptOf(
  { segments, targetDurationSeconds }: MediaPlaylist,
  startsAtMs: number,
  span: { readonly fromMs: number; readonly toMs: number },
): Excerpt | undefined {
  const lines: string[] = [];
  const chosen = { seconds: 0, mutedSeconds: 0 };
  let before: MediaSegment | undefined;
  let wallMs = startsAtMs;
  for (const segment of segments) {
    const beginsMs = segment.programDateTimeMs ?? wallMs;
    wallMs = beginsMs + segment.durationSeconds * 1000;
    if (wallMs <= span.fromMs || beginsMs >= span.toMs) continue;
    if (before === undefined) lines.push(`#EXT-X-MEDIA-SEQUENCE:${segment.mediaSequence}`);
    lines.push(...linesOf(segment, before, beginsMs));
    chosen.seconds += segment.durationSeconds;
    if (MUTED.test(segment.url)) chosen.mutedSeconds += segment.durationSeconds;
    before = segment;
  }
  if (before === undefined) return undefined;
  const head = ['#EXTM3U', '#EXT-X-VERSION:7', `#EXT-X-TARGETDURATION:${Math.ceil(targetDurationSeconds)}`];
  return { ...chosen, text: [...head, ...lines, '#EXT-X-ENDLIST', ''].join('\n') };
}

function linesOf(segment: MediaSegment, before: MediaSegment | undefined, beginsMs: number): readonly string[] {
  const { byteRange, discontinuity, durationSeconds, gap, key, map, rounded, url } = segment;
  const lines: string[] = [];
  if (before !== undefined && discontinuity) lines.push('#EXT-X-DISCONTINUITY');
  // A map may be encrypted by a key of its own.
  if (map && map.identity !== before?.map?.identity) {
    lines.push(keyLine(map.key));
    lines.push(`#EXT-X-MAP:URI="${map.url}"${map.byteRange ? `,BYTERANGE="${rangeOf(map.byteRange)}"` : ''}`);
  }
  lines.push(keyLine(key), `#EXT-X-PROGRAM-DATE-TIME:${new Date(beginsMs).toISOString()}`);
  if (gap) lines.push('#EXT-X-GAP');
  lines.push(`#EXTINF:${rounded === true ? durationSeconds : durationSeconds.toFixed(6)},`);
  if (byteRange) lines.push(`#EXT-X-BYTERANGE:${rangeOf(byteRange)}`);
  return [...lines, url.replace(UNMUTED, '-muted')];
}

const rangeOf = ({ length, offset }: ByteRange): string => `${length}@${offset}`;

function keyLine(key: MediaSegment['key']): string {
  if (!key) return '#EXT-X-KEY:METHOD=NONE';
  const { iv, keyFormat, method, url } = key;
  return [
    `#EXT-X-KEY:METHOD=${method}`,
    ...(url === undefined ? [] : [`URI="${url}"`]),
    ...(iv === undefined ? [] : [`IV=0x${iv}`]),
    `KEYFORMAT="${keyFormat}"`,
  ].join(',');
}
