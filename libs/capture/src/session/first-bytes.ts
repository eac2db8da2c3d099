/** What a body is, by its first bytes. */
export type Contents = 'text' | 'media';

/** This many bytes are enough; fewer, if the body ends earlier. */
export const TELLING_BYTES = 189;

const SYNC = 0x47;
const PACKET = 188;
const MAGIC = ['FLV\u0001', 'ID3', 'OggS', 'fLaC', 'RIFF', '\u001aE\u00df\u00a3'];
/** The boxes with which a file of the MP4 family begins, after their length. */
const BOXES = new Set(['ftyp', 'styp', 'moov', 'moof', 'sidx']);

/** Media, as far as the bytes tell. If an address gives media, the recording is one long body. */
export function contentsOf(bytes: Buffer): Contents {
  const start = bytes.subarray(0, 8).toString('latin1');
  const isMedia =
    MAGIC.some((magic) => start.startsWith(magic)) ||
    BOXES.has(start.slice(4)) ||
    isTransportStream(bytes) ||
    isAudioFrame(bytes);
  return isMedia ? 'media' : 'text';
}

const isTransportStream = (bytes: Buffer): boolean => bytes[0] === SYNC && bytes[PACKET] === SYNC;

/** ADTS or MPEG audio (ISO/IEC 13818-7 section 6.2, 11172-3 section 2.4.1.3), and not text in UTF-16. */
function isAudioFrame(bytes: Buffer): boolean {
  const [first = 0, second = 0, third = 0] = bytes;
  if (first !== 0xff) return false;
  const isAdts = (second & 0xf6) === 0xf0;
  const isLayer = (second & 0xe0) === 0xe0 && (second & 0x18) !== 0x08 && (second & 0x06) !== 0 && third >> 4 !== 15;
  return isAdts || (isLayer && second !== 0xfe);
}
