import { open } from 'node:fs/promises';
import path from 'node:path';
import type { Ledger, LedgerSegment } from '../ledger/ledger.js';
import { LedgerReader } from '../ledger/ledger-reader.js';
import { TsClock, TS_WRAP_SECONDS } from '../inspect/media-clock.js';
import type { DashPeriod, DashSegment, DashTrack } from './presentation.js';

/** How far a recording has each track, by the clock of its transport stream. */
export interface RecordedUntil {
  readonly picture: number | undefined;
  readonly sound: number | undefined;
}

/** Something was recorded, but how far is unknown. */
export const UNKNOWN: RecordedUntil = { picture: undefined, sound: undefined };

/** How many bytes at the end of the stream are read at most. They contain several of even the rarest timestamps. */
const TAIL_BYTES = 8 << 20;
const TAIL_SEGMENTS = 4;
/** ffmpeg moves the times of a transport stream by twice its `muxdelay`, which is 0.7 s by default. */
export const MUX_DELAY_SECONDS = 1.4;
/**
 * If the recording is this many segments beyond the newest on offer, it was timed by another clock; the edge is not
 * merely behind.
 */
const MOST_BEYOND = 2;
/** Covers rounding, and frames that are stored in another order than they are shown in. */
const TOLERANCE_SECONDS = 0.2;

/** How far the ledger in a folder vouches for each track, read from the bytes of the last slices. */
export async function heldUntil(directory: string): Promise<RecordedUntil> {
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
 * From where on the presentation's timeline each track is needed; undefined if the recording was timed by another
 * clock. The video decides, down to the frame. Audio segments begin at other instants, so the nearest one goes with it.
 */
export function wantedFrom(
  tracks: readonly DashTrack[],
  held: RecordedUntil,
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
 * The same for a presentation in several periods. The last period that holds that instant decides. Clocks of periods
 * seldom agree, so a period that would begin with its first segment leaves the decision to the one before.
 */
export function wantedOfPeriods(
  periods: readonly DashPeriod[],
  held: RecordedUntil,
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

/**
 * That instant on the presentation's timeline. The clock wraps around, so several instants are possible; the one
 * nearest to the live edge is chosen.
 */
function heldIn({ mediaAheadSeconds, segments }: DashTrack, seconds: number | undefined): number | undefined {
  const newest = segments.at(-1);
  if (seconds === undefined || newest === undefined) return undefined;
  const beyond = seconds - (newest.endSeconds + mediaAheadSeconds + MUX_DELAY_SECONDS);
  const nearest = beyond - Math.round(beyond / TS_WRAP_SECONDS) * TS_WRAP_SECONDS;
  return nearest > lengthOf(newest) * MOST_BEYOND ? undefined : newest.endSeconds + nearest;
}
