export interface Chapter {
  /** In the file's own time. */
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly title: string;
}

/** Chapters as ffmpeg reads them (ffmpeg-formats, "Metadata"). */
export function chapterMetadata(chapters: readonly Chapter[]): string {
  const milliseconds = (seconds: number) => Math.round(seconds * 1000);
  const blocks = chapters.map(({ startSeconds, endSeconds, title }) =>
    [
      '[CHAPTER]',
      'TIMEBASE=1/1000',
      `START=${milliseconds(startSeconds)}`,
      `END=${milliseconds(endSeconds)}`,
      `title=${escaped(title)}`,
    ].join('\n'),
  );
  return [';FFMETADATA1', ...blocks, ''].join('\n');
}

/**
 * A NUL would end the file, a lone surrogate is not valid text, and other control characters are useless in a title.
 */
const escaped = (title: string): string =>
  title
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    .replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .replaceAll(/[=;#\\]/g, String.raw`\$&`)
    // At the end of a line ffmpeg takes even an escaped backslash as joining the next line.
    .replace(/\\$/, String.raw`\ `);
