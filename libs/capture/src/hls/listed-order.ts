import type { MediaPlaylist, MediaSegment } from './playlist.js';

/**
 * The playlist with swapped neighbours put right. Their dates show it: the second one ends where the first one begins,
 * and both fit between their neighbours only when they change places. Numbers stay with their places. Everything else
 * stays as listed, also dates that go back, as they do after a clock was set.
 */
export function inOrder(playlist: MediaPlaylist): MediaPlaylist {
  const { segments } = playlist;
  if (playlist.isAscending === true) return playlist;
  const first = segments.findIndex((_, index) => areSwapped(segments, index));
  if (first < 0) return playlist;
  const ordered = [...segments];
  for (let index = first; index < ordered.length; index += 1) {
    const [left, right] = [ordered[index], ordered[index + 1]];
    if (left === undefined || right === undefined || !areSwapped(ordered, index)) continue;
    ordered[index] = { ...right, mediaSequence: left.mediaSequence };
    ordered[index + 1] = { ...left, mediaSequence: right.mediaSequence };
  }
  return { ...playlist, segments: ordered };
}

function areSwapped(segments: readonly MediaSegment[], index: number): boolean {
  const [left, right] = [segments[index], segments[index + 1]];
  if (left === undefined || right === undefined) return false;
  // For nearly all neighbours this check is enough.
  if (!((left.programDateTimeMs ?? -Infinity) > (right.programDateTimeMs ?? Infinity))) return false;
  if (!follow(right, left)) return false;
  const [before, after] = [segments[index - 1], segments[index + 2]];
  if (before === undefined && after === undefined) return false;
  return (before === undefined || follow(before, right)) && (after === undefined || follow(left, after));
}

/** Its number serves as initialisation vector. */
const needsItsNumber = ({ key }: MediaSegment): boolean => key !== undefined && key.iv === undefined;

/**
 * Whether they share a timeline without a hole between them. A number that is an initialisation vector has to stay with
 * its segment.
 */
function follow(first: MediaSegment, second: MediaSegment): boolean {
  if (first.programDateTimeMs === undefined || second.programDateTimeMs === undefined) return false;
  if (first.discontinuitySequence !== second.discontinuitySequence) return false;
  if (needsItsNumber(first) || needsItsNumber(second)) return false;
  const hole = second.programDateTimeMs - first.programDateTimeMs - first.durationSeconds * 1000;
  return Math.abs(hole) < first.durationSeconds * 250;
}
