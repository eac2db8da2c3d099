import { linesOf } from './lines.js';
import { PlaylistError, type Playlist } from './playlist.js';

const MASTER_TAG = /^#EXT-X-(STREAM-INF|MEDIA|I-FRAME-STREAM-INF|SESSION-DATA|SESSION-KEY):/;
const MEDIA_TAG =
  /^#EXT(INF:|-X-(TARGETDURATION|MEDIA-SEQUENCE|PLAYLIST-TYPE|ENDLIST|MAP|KEY|BYTERANGE|DISCONTINUITY))/;

/**
 * Tells the kind from the first tags.
 * @throws PlaylistError if it is neither, or both
 */
export function kindOf(text: string): Playlist['kind'] {
  let [isFirst, isMaster, isMedia, namesMaster] = [true, false, false, false];
  for (const line of linesOf(text)) {
    if (isFirst && line !== '#EXTM3U') throw notAPlaylist(text);
    isFirst = false;
    if (!line.startsWith('#EXT')) continue;
    isMaster ||= line.startsWith('#EXT-X-STREAM-INF:');
    isMedia ||= MEDIA_TAG.test(line);
    namesMaster ||= MASTER_TAG.test(line);
    if (isMaster && line.startsWith('#EXTINF:')) throw mixed();
    // One tag of a kind decides; thousands more need not be read.
    if (isMedia && line.startsWith('#EXTINF:')) return 'media';
  }
  if (isMaster) return 'master';
  if (isMedia) return 'media';
  const what = namesMaster ? 'no variant that could be played' : 'no segments';
  throw new PlaylistError('playlist.malformed', `It is a playlist header with ${what} after it.`);
}

export const mixed = (): PlaylistError =>
  new PlaylistError('playlist.malformed', 'It lists both variants and segments, which no playlist may.');

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
