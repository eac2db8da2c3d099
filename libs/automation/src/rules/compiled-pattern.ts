import { RE2JS } from 're2js';

/** More than any platform allows in a title. */
const longestInput = 1000;
const folded = (text: string): string => text.slice(0, longestInput).normalize('NFKC').toLowerCase();

export interface WrittenPattern {
  readonly mode: 'contains' | 'regex';
  readonly text: string;
}
export type CompiledPattern = (text: string) => boolean;

/**
 * A user's pattern, compiled for many titles: matching takes linear time, whatever the pattern.
 * @throws Error with the reason, for people
 */
export function compilePattern({ mode, text }: WrittenPattern): CompiledPattern {
  if (mode === 'contains') {
    const wanted = folded(text);
    return (input) => folded(input).includes(wanted);
  }
  const pattern = RE2JS.compile(text, RE2JS.CASE_INSENSITIVE);
  return (input) => pattern.matcher(input.slice(0, longestInput)).find();
}
