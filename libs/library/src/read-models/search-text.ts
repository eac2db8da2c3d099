import { keepable } from '@streamvault/kernel';

/**
 * Rows of the search are read one after the other: a broadcast with a thousand titles must not slow down the search for
 * all others.
 */
const MOST_OF_CHAPTERS = 4000;

interface Searched {
  readonly title: string;
  readonly streamerName: string;
  readonly category: string | null;
  readonly chapters?: readonly { readonly title: string | null; readonly category: string | null }[];
}

/** The text by which a video is found: title, streamer, category, and the names of its chapters, each once. */
export function searchTextOf({ title, streamerName, category, chapters = [] }: Searched): string {
  const named = different([title, streamerName, category]);
  const chapterTexts = different(chapters.flatMap((chapter) => [chapter.title, chapter.category]));
  for (const text of named) chapterTexts.delete(text);
  // A cut in the middle of a character would leave half of it.
  const ofChapters = [...chapterTexts].join(' ').slice(0, MOST_OF_CHAPTERS).toWellFormed();
  return [...named, ofChapters].filter((text) => text !== '').join(' ');
}

const different = (texts: readonly (string | null)[]): Set<string> =>
  new Set(texts.flatMap((text) => (text === null ? [] : searchable(text))));

/** Case is folded here and not in the database, because engines differ beyond ASCII. */
export const searchable = (text: string): string => keepable(text).normalize('NFKC').toLocaleLowerCase('en');
