/**
 * Any text as one path component that ext4, NTFS, exFAT, APFS and SMB shares all accept, and that stays as close to the
 * text as they allow: no separators, control or invisible characters, no name that Windows reserves, no dot or space at
 * the ends, whole characters only, at most `maxBytes` of UTF-8. Empty if nothing readable is left. Idempotent.
 */
export function sanitizeName(text: string, maxBytes: number): string {
  // Longer texts are cut anyway, so their end does not matter.
  const short = text
    .slice(0, 4 * 255)
    .toWellFormed()
    .normalize('NFC');
  const readable = trimEnds(
    short
      .replace(unreadable, ' ')
      .replace(invisible, '')
      .replace(/[/\\:|]/g, '-')
      .replace(/"/g, "'")
      .replace(/[<>?*]/g, ''),
  );
  const cut = trimEnds(cutToBytes(readable, maxBytes));
  if (!/[\p{L}\p{N}\p{S}]/u.test(cut)) return '';
  return reservedByWindows.test(cut) ? trimEnds(cutToBytes(`_${cut}`, maxBytes)) : cut;
}

/** Control characters and line ends, and replacements for invalid characters. */
// oxlint-disable-next-line no-control-regex -- control characters are what this is about
const unreadable = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufffd\ufffe\uffff]/g;
/**
 * Invisible: zero-width spaces and, so that a name cannot pretend to be another, marks that turn the direction of
 * writing.
 */
const invisible = /[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/g;
/** https://learn.microsoft.com/windows/win32/fileio/naming-a-file; an extension does not help. */
const reservedByWindows = /^(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9\u00B9\u00B2\u00B3])\s*(\.|$)/i;

/** Windows drops dots and spaces at the end. A dot at the beginning hides the file, or names the folder above. */
function trimEnds(text: string): string {
  return text
    .replace(/\s+/g, ' ')
    .replace(/^[ .]+/, '')
    .replace(/[ .]+$/, '');
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/**
 * Cuts between characters as people see them. A "character" of combining marks longer than the whole name is cut
 * itself.
 */
export function cutToBytes(text: string, maxBytes: number): string {
  if (Buffer.byteLength(text) <= maxBytes) return text;
  const whole = take(
    Array.from(graphemes.segment(text), ({ segment }) => segment),
    maxBytes,
  );
  return whole === '' ? take(Array.from(text), maxBytes) : whole;
}

function take(pieces: readonly string[], maxBytes: number): string {
  let taken = '';
  let bytes = 0;
  for (const piece of pieces) {
    bytes += Buffer.byteLength(piece);
    if (bytes > maxBytes) break;
    taken += piece;
  }
  return taken;
}
