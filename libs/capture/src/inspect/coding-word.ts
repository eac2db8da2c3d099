/** Between a codec's name and what its frames say of it. Sound of which no frame was seen is its codec's name alone. */
export const AGREED = '@';

/** Codecs of sound whose frames tell rate and channels. */
const TELLING: ReadonlySet<string> = new Set(['aac', 'mp3', 'ac3', 'eac3']);

/** Nothing more can be learnt from more bytes. */
export const isComplete = (word: string): boolean => word.split('+').every((stream) => !TELLING.has(stream));

const codecOf = (stream: string): string => stream.split(AGREED, 1)[0] ?? '';

/** What two words say together; undefined where they contradict one another. */
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
 * How a recording is coded, from one segment to the next. What is on record stays the word for it as long as nothing that segments
 * tell contradicts what was learnt, be it that the word was written when less was looked at, or that a segment tells less.
 */
export class KnownCoding {
  #known: string;

  /** @param recorded the word of the last part */
  constructor(private recorded: string) {
    this.#known = recorded;
  }

  /** The word for a segment of which that was told. */
  wordFor(told: string | undefined): string {
    const merged = told === undefined ? this.#known : merge(this.#known, told);
    if (merged === undefined) return told ?? this.recorded;
    this.#known = merged;
    return this.recorded;
  }

  /** A part of that word was opened. */
  opened(word: string): void {
    if (word === this.recorded) return;
    this.recorded = word;
    this.#known = word;
  }
}
