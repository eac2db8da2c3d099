/**
 * The lines of a text, trimmed, whatever line ends it uses. They come one by one, so that a list of millions can be
 * refused early.
 */
export function* linesOf(text: string): Generator<string> {
  let start = startOf(text);
  const hasReturns = text.includes('\r');
  while (start <= text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end);
    // A carriage return alone also ends a line.
    if (hasReturns && line.includes('\r')) for (const part of line.replace(/\r$/, '').split('\r')) yield part.trim();
    else yield trimmed(line);
    start = end + 1;
  }
}

/** The index after a byte-order mark. */
export const startOf = (text: string): number => (text.startsWith('\uFEFF') ? 1 : 0);

/** Trims only if needed: nearly no line has spaces around it. */
export const trimmed = (line: string): string =>
  isPlain(line.charCodeAt(0)) && isPlain(line.charCodeAt(line.length - 1)) ? line : line.trim();

const isPlain = (code: number): boolean => code > 32 && code < 127;

/** Whether the last line may be incomplete, because no line end follows it. */
export const isCutOff = (text: string): boolean => text !== '' && !text.endsWith('\n') && !text.endsWith('\r');
