import type { Timeline } from '@streamvault/api-contract';

type Item = Timeline['items'][number];

/** Of a piece of a file: what lies between two of its times, counted from the first. */
export function timelineWithin(items: readonly Item[], fromSeconds: number, toSeconds: number): Item[] {
  return items.flatMap(({ startsAt, mediaSeconds, durationSeconds }) => {
    const begins = Math.max(mediaSeconds, fromSeconds);
    const ends = Math.min(mediaSeconds + durationSeconds, toSeconds);
    if (ends <= begins) return [];
    const wall = new Date(Date.parse(startsAt) + Math.round((begins - mediaSeconds) * 1000)).toISOString();
    return [{ startsAt: wall, mediaSeconds: begins - fromSeconds, durationSeconds: ends - begins }];
  });
}
