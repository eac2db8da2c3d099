/** The end of a program's output, in bounded memory: the output may have gigabytes. */
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
 * Whether the program reports a full disk. Checked whatever the exit code: older ffmpeg versions report a failed
 * trailer and still exit with 0.
 */
export function speaksOfFullDisk(lastWords: readonly string[]): boolean {
  return lastWords.some((line) => /: (No space left on device|Disk quota exceeded)$/.test(line));
}

/** The system's error name, if the program reports that it may not write. */
export function speaksOfRefusedStorage(lastWords: readonly string[]): string | undefined {
  const complaints: readonly (readonly [RegExp, string])[] = [
    [/: Permission denied$/, 'EACCES'],
    [/: Read-only file system$/, 'EROFS'],
    [/: (Input\/output error|I\/O error)$/, 'EIO'],
    [/: File too large$/, 'EFBIG'],
  ];
  return complaints.find(([pattern]) => lastWords.some((line) => pattern.test(line)))?.[1];
}
