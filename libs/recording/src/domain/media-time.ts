import type { TitleStatus } from './recording-context.js';
import type { Output } from './recording-events.js';

export type Timeline = Output['timeline'];

/**
 * Where an instant of the broadcast lies in the file. An instant in a gap is where the gap ends. One before the first
 * stretch is at the start, one after the last at the end.
 */
export function mediaSecondsAt(at: string, timeline: Timeline): number {
  const instant = Date.parse(at);
  let end = 0;
  for (const { startsAt, mediaSeconds, durationSeconds } of timeline) {
    const offset = (instant - Date.parse(startsAt)) / 1000;
    if (offset < 0) return Math.max(end, mediaSeconds);
    if (offset < durationSeconds) return Math.max(end, mediaSeconds + offset);
    end = Math.max(end, mediaSeconds + durationSeconds);
  }
  return end;
}

export interface VideoChapter {
  readonly startSeconds: number;
  readonly endSeconds: number;
  readonly title: string | null;
  readonly category: string | null;
}

/** Streamers correct their titles. A title that lasts shorter than this gets no chapter. */
const shortestSeconds = 60;

/** A chapter for every title and category, without holes, from the start of the file to its end. */
export function chaptersOf(
  titles: readonly TitleStatus[],
  timeline: Timeline,
  durationSeconds: number,
): VideoChapter[] {
  const starts: { at: number; title: string | null; category: string | null }[] = [];
  for (const { at, title, category } of titles) {
    const start = { at: Math.min(mediaSecondsAt(at, timeline), durationSeconds), title, category };
    const last = starts.at(-1);
    if (last && last.title === title && last.category === category) continue;
    // The later title is the one that was meant.
    if (last && start.at - last.at < shortestSeconds) starts[starts.length - 1] = { ...start, at: last.at };
    else starts.push(start);
  }
  const long = starts.filter(({ at }) => at < durationSeconds);
  return long.map(({ at, title, category }, index) => ({
    startSeconds: index === 0 ? 0 : at,
    endSeconds: long[index + 1]?.at ?? durationSeconds,
    title,
    category,
  }));
}

/** Shown to people as `Category — Title`. */
export const chapterName = ({ title, category }: Pick<VideoChapter, 'title' | 'category'>): string =>
  [category, title].filter((part) => part !== null && part !== '').join(' — ') || 'Untitled';
