import { isPiped } from './run-input.js';
import type { MediaRun, RunStream } from './runs.js';

export interface InspectedRun {
  readonly run: MediaRun;
  readonly streams: readonly RunStream[];
}

/** One track of the joined video, and what a run has for it. */
export interface TrackSource {
  readonly track: RunStream;
  /** Undefined if the run has nothing of this kind: silence or a black picture takes its place. */
  readonly stream: RunStream | undefined;
  /** Its coding differs from the track's, so it has to be encoded. */
  readonly again: boolean;
}

/** How a run gets into the joined video: read in place, or first made into a file in the common format. */
export type Piece =
  | { readonly item: InspectedRun; readonly direct: true }
  | { readonly item: InspectedRun; readonly direct: false; readonly tracks: readonly TrackSource[] };

export interface JoinPlan {
  /** The tracks of the joined video: those of the coding with the longest total duration. */
  readonly tracks: readonly RunStream[];
  readonly pieces: readonly Piece[];
  /** The format of intermediate files. */
  readonly container: 'mpegts' | 'mp4';
}

/**
 * Decides how runs become one video. A change of size is no obstacle, because key frames carry their own parameter
 * sets. Only what cannot follow in one track (another codec, another sample rate) is encoded.
 */
export function planJoin(runs: readonly [InspectedRun, ...InspectedRun[]]): JoinPlan {
  const main = longestLayout(runs);
  // Encoded streams begin at another time than copied ones; transport streams keep both in place.
  const isMixed = runs.some((item) => sourcesOf(item, main).some(({ again }) => again));
  const needsTs = main.run.container !== 'mp4' || (hasHevc(main) && initsDiffer(runs)) || (isMixed && fitsTs(main));
  const container = needsTs ? 'mpegts' : 'mp4';
  const fits = (item: InspectedRun) =>
    isReadable(item, main) && (container === 'mpegts') === (item.run.container === 'ts');
  const allDirect = runs.every(fits);
  // An intermediate has its streams in order from 0. If the main coding does not, the two would not match.
  const isPlain = main.streams.every(({ index }, place) => index === place);
  return {
    tracks: main.streams,
    container,
    pieces: runs.map((item) =>
      (allDirect || isPlain) && fits(item)
        ? { item, direct: true }
        : { item, direct: false, tracks: sourcesOf(item, main) },
    ),
  };
}

const inTs: ReadonlySet<string> = new Set(['h264', 'hevc', 'mpeg2video', 'aac', 'mp3', 'ac3', 'eac3']);
export const fitsTs = ({ streams }: InspectedRun): boolean => streams.every(({ codec }) => inTs.has(codec));

const hasHevc = ({ streams }: InspectedRun): boolean => streams.some(({ codec }) => codec === 'hevc');

/** The concat demuxer repeats parameter sets at key frames for H.264 only. */
const initsDiffer = (runs: readonly InspectedRun[]): boolean =>
  new Set(runs.map(({ run, streams }) => JSON.stringify([run.init?.length, streams.map(({ coding }) => coding)])))
    .size > 1;

/** Its bytes can be read in place, and its streams have the same numbers as the main ones. */
const isReadable = ({ run, streams }: InspectedRun, main: InspectedRun): boolean =>
  !isPiped(run) &&
  run.sound === undefined &&
  // If fragments begin somewhere on the source's clock, the concat demuxer does not know how long they last.
  run.container === 'ts' &&
  run.container === main.run.container &&
  streams.length === main.streams.length &&
  streams.every((stream, place) => {
    const track = main.streams[place];
    return track !== undefined && stream.index === track.index && isSameTrack(stream, track);
  });

function longestLayout(runs: readonly [InspectedRun, ...InspectedRun[]]): InspectedRun {
  const seconds = new Map<string, number>();
  const layout = ({ run, streams }: InspectedRun) =>
    JSON.stringify([run.container, streams.map((stream) => trackKey(stream))]);
  for (const item of runs) seconds.set(layout(item), (seconds.get(layout(item)) ?? 0) + item.run.durationSeconds);
  // A run with video comes before one without, however short it is.
  const weight = (item: InspectedRun) =>
    (item.streams.some(({ kind }) => kind === 'video') ? 1e9 : 0) + (seconds.get(layout(item)) ?? 0);
  return runs.reduce((best, item) => (weight(item) > weight(best) ? item : best), runs[0]);
}

function sourcesOf({ streams }: InspectedRun, main: InspectedRun): TrackSource[] {
  const left = [...streams];
  return main.streams.map((track) => {
    const place = left.findIndex(({ kind }) => kind === track.kind);
    const [stream] = place < 0 ? [] : left.splice(place, 1);
    return { track, stream, again: stream === undefined || !isSameTrack(stream, track) };
  });
}

const isSameTrack = (left: RunStream, right: RunStream): boolean => trackKey(left) === trackKey(right);

/** Equal for streams that a decoder can play one after the other in one track. */
function trackKey({ kind, codec, coding }: RunStream): string {
  if (kind === 'audio') return `audio ${coding}`;
  const depth = /\b(10|12|4:2:2|4:4:4)\b/.exec(coding)?.[1] ?? '8';
  return `video ${codec} ${depth}`;
}
