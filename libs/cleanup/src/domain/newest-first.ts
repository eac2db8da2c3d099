import type { PlannedVideo } from './plan-types.js';

/** Those of one instant in the order of their ids, so that a plan is always the same. */
export const newestFirst = (videos: readonly PlannedVideo[]): PlannedVideo[] =>
  videos.toSorted((one, other) => compare(other.endedAt, one.endedAt) || other.id - one.id);

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);
