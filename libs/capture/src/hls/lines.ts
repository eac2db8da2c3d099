/** The lines of a text, one by one and trimmed, whatever ends them; a list of millions need not be made to be refused. */
export function* linesOf(text: string): Generator<string> {
  let start = startOf(text);
  const hasReturns = text.includes('\r');
  while (start <= text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end);
    // A carriage return ends a line too, with or without what follows it.
    if (hasReturns && line.includes('\r')) for (const part of line.replace(/\r$/, '').split('\r')) yield part.trim();
    else yield trimmed(line);
    start = end + 1;
  }
}

/** Behind a byte-order mark. */
export const startOf = (text: string): number => (text.startsWith('\uFEFF') ? 1 : 0);

/** Nearly no line has anything around it. */
export const trimmed = (line: string): string =>
  isPlain(line.charCodeAt(0)) && isPlain(line.charCodeAt(line.length - 1)) ? line : line.trim();

const isPlain = (code: number): boolean => code > 32 && code < 127;

/** Its last line may have been cut: nothing ends it. */
export const isCutOff = (text: string): boolean => text !== '' && !text.endsWith('\n') && !text.endsWith('\r');
