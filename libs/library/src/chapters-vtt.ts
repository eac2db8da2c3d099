import { vttTime } from '@streamvault/media';

interface NamedChapter {
  /** Seconds into the file. */
  readonly at: number;
  readonly title: string;
}

/** Chapters as WebVTT: each lasts until the next begins, the last one to the end of the file. */
export function chaptersVtt(chapters: readonly NamedChapter[], durationSeconds: number): string {
  const cues = chapters.map(({ at, title }, index) => {
    const end = chapters[index + 1]?.at ?? durationSeconds;
    return `${vttTime(at)} --> ${vttTime(end)}\n${cueText(title)}`;
  });
  return `${['WEBVTT', ...cues].join('\n\n')}\n`;
}

/** Cue text is markup (WebVTT, 4.2.2), and a line break or an arrow in it would begin something else. */
const cueText = (title: string): string =>
  title
    .toWellFormed()
    // oxlint-disable-next-line no-control-regex -- control characters are what this is about
    .replaceAll(/[\s\u0000-\u001f\u007f]+/g, ' ')
    .trim()
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
