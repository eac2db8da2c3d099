/** The lines of a text, one by one and trimmed, whatever ends them; a list of millions need not be made to be refused. */
export function* linesOf(text: string): Generator<string> {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  while (start <= text.length) {
    const found = text.indexOf('\n', start);
    const end = found < 0 ? text.length : found;
    const line = text.slice(start, end);
    // A carriage return ends a line too, with or without what follows it.
    if (line.includes('\r')) for (const part of line.replace(/\r$/, '').split('\r')) yield part.trim();
    else yield line.trim();
    start = end + 1;
  }
}

/** Its last line may have been cut: nothing ends it. */
export const isCutOff = (text: string): boolean => text !== '' && !/[\r\n]$/.test(text);
