/** Separates a codec's name from what its frames say. Audio of which no frame was seen is its codec's name alone. */
export const AGREED = '@';

/** Audio codecs whose frames tell rate and channels. */
const TELLING: ReadonlySet<string> = new Set(['aac', 'mp3', 'ac3', 'eac3']);

/** More bytes would add nothing. */
export const isComplete = (word: string): boolean => word.split('+').every((stream) => !TELLING.has(stream));

const codecOf = (stream: string): string => stream.split(AGREED, 1)[0] ?? '';

/** What two words say together; undefined if they contradict each other. */
export function merge(one: string, other: string): string | undefined {
  const [streams, others] = [one.split('+'), other.split('+')];
  if (streams.length !== others.length) return undefined;
  const merged = streams.map((stream, index) => {
    const twin = others[index] ?? '';
    if (stream === twin || codecOf(twin) === stream) return twin;
    return codecOf(stream) === twin ? stream : undefined;
  });
  return merged.includes(undefined) ? undefined : merged.join('+');
}

/**
 * How a recording is coded, from one segment to the next. The recorded word stays until a segment contradicts what is
 * known. It also stays if it was written when less was examined, or if a segment says less.
 */
export class RecordingCoding {
  #known: string;

  /** @param recorded the word of the last part */
  constructor(private recorded: string) {
    this.#known = recorded;
  }

  /** The word for a segment, given what was found in it. */
  wordFor(told: string | undefined): string {
    const merged = told === undefined ? this.#known : merge(this.#known, told);
    if (merged === undefined) return told ?? this.recorded;
    this.#known = merged;
    return this.recorded;
  }

  /** A part with that word was opened. */
  opened(word: string): void {
    if (word === this.recorded) return;
    this.recorded = word;
    this.#known = word;
  }
}
