import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Ledger, LedgerSegment } from '../ledger/ledger.js';
import { LedgerReader } from '../ledger/ledger-reader.js';
import { TsClock, TS_WRAP_SECONDS } from '../inspect/media-clock.js';
import type { DashPeriod, DashSegment, DashTrack } from './presentation.js';

/** Up to where a recording has what it was made of, by the transport stream's own clock. */
export interface Held {
  readonly picture: number | undefined;
  readonly sound: number | undefined;
}

/** Something was recorded, and nobody knows what. */
export const UNKNOWN: Held = { picture: undefined, sound: undefined };

/** The end of the stream, so many bytes of it at most, has several of the rarest timestamps in it. */
const TAIL_BYTES = 8 << 20;
const TAIL_SEGMENTS = 4;
/** ffmpeg moves the times of a transport stream by twice its `muxdelay`, which is 0.7 s where nothing else is said. */
export const MUX_DELAY_SECONDS = 1.4;
/** What is held so many segments beyond the newest that is offered was timed by another clock, and not by an edge that is behind. */
const MOST_BEYOND = 2;
/** Frames in another order than they are shown in, and rounding. */
const TOLERANCE_SECONDS = 0.2;

/** What the ledger in a folder vouches for, by the bytes of the last slices. */
export async function heldUntil(directory: string): Promise<Held> {
  const ledger = await new LedgerReader(directory).refresh();
  if (ledger === undefined) return UNKNOWN;
  const clock = new TsClock();
  for (const { part, offset, length } of tailOf(ledger)) {
    const handle = await open(path.join(directory, part.file));
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(length), 0, length, offset);
      clock.push(buffer.subarray(0, bytesRead));
    } finally {
      await handle.close();
    }
  }
  return clock.ends;
}

/** The last slices of one stretch, oldest first. */
function tailOf({ segments }: Ledger): readonly LedgerSegment[] {
  const tail: LedgerSegment[] = [];
  let bytes = 0;
  for (const segment of segments.slice(-TAIL_SEGMENTS).toReversed()) {
    bytes += segment.length;
    if (tail.length > 0 && bytes > TAIL_BYTES) break;
    tail.unshift(segment);
    if (!segment.continuous) break;
  }
  return tail;
}

/**
 * From where on the presentation's timeline each track is to be had; undefined where what is held was timed by another clock. The picture
 * decides, down to the frame; of the sound, whose segments begin at other instants, the nearest segment goes with it.
 */
export function wantedFrom(
  tracks: readonly DashTrack[],
  held: Held,
): ReadonlyMap<DashTrack['kind'], number> | undefined {
  const leading = tracks.find(({ kind }) => held[kind] !== undefined);
  const until = leading && heldIn(leading, held[leading.kind]);
  if (leading === undefined || until === undefined) return undefined;
  return new Map(
    tracks.map((track) => {
      const most = track === leading ? TOLERANCE_SECONDS : Infinity;
      const early = (segment: DashSegment | undefined) => Math.min(most, lengthOf(segment) / 2);
      const newest = track.segments.at(-1);
      const next = track.segments.find((segment) => segment.startSeconds >= until - early(segment));
      const later = Math.max(newest?.endSeconds ?? 0, until - early(newest));
      return [track.kind, next?.startSeconds ?? later];
    }),
  );
}

/**
 * The same of a presentation in several periods, the last of which that holds that instant tells. Clocks of periods seldom agree, so one
 * that would begin with its first segment leaves it to the one before.
 */
export function wantedOfPeriods(
  periods: readonly DashPeriod[],
  held: Held,
): ReadonlyMap<DashTrack['kind'], number> | undefined {
  let found: ReadonlyMap<DashTrack['kind'], number> | undefined;
  for (const { tracks } of periods.toReversed()) {
    const wanted = wantedFrom(tracks, held);
    if (wanted === undefined) continue;
    found = wanted;
    const begins = tracks.every(
      ({ kind, segments }) => (segments[0]?.startSeconds ?? Infinity) >= (wanted.get(kind) ?? 0),
    );
    if (!begins) break;
  }
  return found;
}

const lengthOf = (segment: DashSegment | undefined): number =>
  segment === undefined ? 0 : segment.endSeconds - segment.startSeconds;

/** That instant on the presentation's timeline: of all it may be, for the clock begins anew, the one nearest to the live edge. */
function heldIn({ mediaAheadSeconds, segments }: DashTrack, seconds: number | undefined): number | undefined {
  const newest = segments.at(-1);
  if (seconds === undefined || newest === undefined) return undefined;
  const beyond = seconds - (newest.endSeconds + mediaAheadSeconds + MUX_DELAY_SECONDS);
  const nearest = beyond - Math.round(beyond / TS_WRAP_SECONDS) * TS_WRAP_SECONDS;
  return nearest > lengthOf(newest) * MOST_BEYOND ? undefined : newest.endSeconds + nearest;
}
