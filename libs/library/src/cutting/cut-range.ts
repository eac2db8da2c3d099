import type { VideoFacts } from '../domain/video-events.js';
import type { ExistingVideo, VideoGap } from '../domain/video-state.js';

/** Of a piece: what was called how, in its own time. */
export function chaptersWithin(chapters: VideoFacts['chapters'], from: number, to: number): VideoFacts['chapters'] {
  return chapters
    .filter(({ startSeconds, endSeconds }) => startSeconds < to && endSeconds > from)
    .map((chapter) => ({
      ...chapter,
      startSeconds: Math.max(chapter.startSeconds, from) - from,
      endSeconds: Math.min(chapter.endSeconds, to) - from,
    }));
}

/** When an instant of the file was on the wall clock: what was not captured lies between. ISO 8601 UTC */
export function wallClockAt({ recordedAt, gaps }: Pick<ExistingVideo, 'recordedAt' | 'gaps'>, seconds: number): string {
  let wall = Date.parse(recordedAt) + seconds * 1000;
  for (const gap of gaps.toSorted((left, right) => Date.parse(left.from) - Date.parse(right.from)))
    // What is missing before the first picture is not in between.
    if (Date.parse(gap.from) > Date.parse(recordedAt) && Date.parse(gap.from) <= wall)
      wall += Math.max(0, gap.seconds - (gap.filled?.seconds ?? 0)) * 1000;
  return new Date(wall).toISOString();
}

/** Without those that were filled: the piece has what they lacked. */
export const gapsWithin = (gaps: readonly VideoGap[], from: string, to: string): VideoFacts['gaps'] =>
  gaps
    .filter(({ filled }) => filled === undefined)
    .filter((gap) => Date.parse(gap.from) < Date.parse(to) && Date.parse(gap.to) > Date.parse(from));

/** `1:02:03` */
export function clockText(seconds: number): string {
  const whole = Math.floor(seconds);
  const pad = (value: number) => String(value).padStart(2, '0');
  const [hours, minutes] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60];
  return hours > 0 ? `${hours}:${pad(minutes)}:${pad(whole % 60)}` : `${minutes}:${pad(whole % 60)}`;
}
