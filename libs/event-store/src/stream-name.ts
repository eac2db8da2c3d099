import { InvalidEvent } from './errors.js';

const MAX_LENGTH = 512;
/** Excludes text that would not survive UTF-8, or would break a line of a log. */
const PRINTABLE = /^[^\p{Cc}\p{Cs}]+$/u;
/** The common case, which the engine decides several times faster. */
const PRINTABLE_ASCII = /^[ -~]+$/;

/** The category of a stream name: the part before its first `-`. Undefined if the name is not allowed. */
export function categoryOf(stream: string): string | undefined {
  const end = stream.indexOf('-');
  if (end < 1 || end === stream.length - 1 || stream.startsWith('$')) return undefined;
  if (stream.length > MAX_LENGTH || !isPrintable(stream)) return undefined;
  return stream.slice(0, end);
}

/** @throws InvalidEvent */
export function requireCategory(stream: string): string {
  const category = categoryOf(stream);
  if (category === undefined) {
    throw new InvalidEvent(
      `${JSON.stringify(stream)} is not a stream name: use category-id, both non-empty, not beginning with "$", ` +
        `without control characters, at most ${MAX_LENGTH} characters.`,
    );
  }
  return category;
}

/** Event types of the server begin with `$`, so ours may not. */
export function isEventType(type: unknown): type is string {
  return typeof type === 'string' && type.length <= MAX_LENGTH && !type.startsWith('$') && isPrintable(type);
}

function isPrintable(text: string): boolean {
  return PRINTABLE_ASCII.test(text) || PRINTABLE.test(text);
}
