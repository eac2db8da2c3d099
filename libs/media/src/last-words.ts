/** The end of what a program says, in bounded memory: it may say gigabytes. */
export class LastWords {
  #text = '';
  readonly #keepCharacters: number;
  readonly #decoder = new TextDecoder();

  constructor(keepCharacters = 8192) {
    this.#keepCharacters = keepCharacters;
  }

  push(chunk: Uint8Array): void {
    this.#text = (this.#text + this.#decoder.decode(chunk, { stream: true })).slice(-this.#keepCharacters);
  }

  /** The last lines, oldest first, without the empty ones. */
  lines(count = 12): readonly string[] {
    return this.#text
      .split(/[\r\n]+/)
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .slice(-count);
  }
}

/**
 * Whether the program complains of a full disk. Asked for whatever the exit code: older ffmpeg versions report a failed trailer
 * and still end with 0.
 */
export function speaksOfFullDisk(lastWords: readonly string[]): boolean {
  return lastWords.some((line) => /: (No space left on device|Disk quota exceeded)$/.test(line));
}

/** Whether the program complains that it may not write there, and in the system's word which way. */
export function speaksOfRefusedStorage(lastWords: readonly string[]): string | undefined {
  const complaints: readonly (readonly [RegExp, string])[] = [
    [/: Permission denied$/, 'EACCES'],
    [/: Read-only file system$/, 'EROFS'],
    [/: (Input\/output error|I\/O error)$/, 'EIO'],
    [/: File too large$/, 'EFBIG'],
  ];
  return complaints.find(([pattern]) => lastWords.some((line) => pattern.test(line)))?.[1];
}
