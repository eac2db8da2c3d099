import { isPiped } from './run-input.js';
import type { MediaRun, RunStream } from './runs.js';

export interface InspectedRun {
  readonly run: MediaRun;
  readonly streams: readonly RunStream[];
}

/** One track of the joined video, and what a run has for it. */
export interface TrackSource {
  readonly track: RunStream;
  /** Undefined: the run has nothing of the kind, and silence or a black picture takes its place. */
  readonly stream: RunStream | undefined;
  /** It is coded in another way than the track and has to be coded again. */
  readonly again: boolean;
}

/** How a run gets into the joined video: read where it lies, or made into a file of the common kind before. */
export type Piece =
  | { readonly item: InspectedRun; readonly direct: true }
  | { readonly item: InspectedRun; readonly direct: false; readonly tracks: readonly TrackSource[] };

export interface JoinPlan {
  /** The tracks of the joined video: those of the coding that lasts longest. */
  readonly tracks: readonly RunStream[];
  readonly pieces: readonly Piece[];
  /** What intermediate files are. */
  readonly container: 'mpegts' | 'mp4';
}

/**
 * Decides how runs become one video. A change of size is no obstacle: key frames carry their own parameter sets. What cannot follow
 * in one track (another codec, another sample rate) is coded again, and only that.
 */
export function planJoin(runs: readonly [InspectedRun, ...InspectedRun[]]): JoinPlan {
  const main = longestLayout(runs);
  // What is coded again begins at another time than what is copied; transport streams keep both where they are.
  const isMixed = runs.some((item) => sourcesOf(item, main).some(({ again }) => again));
  const needsTs = main.run.container !== 'mp4' || (hasHevc(main) && initsDiffer(runs)) || (isMixed && fitsTs(main));
  const container = needsTs ? 'mpegts' : 'mp4';
  const fits = (item: InspectedRun) =>
    isReadable(item, main) && (container === 'mpegts') === (item.run.container === 'ts');
  const allDirect = runs.every(fits);
  // An intermediate has its streams in order from 0; where the main coding has not, the two would not match.
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
const fitsTs = ({ streams }: InspectedRun): boolean => streams.every(({ codec }) => inTs.has(codec));

const hasHevc = ({ streams }: InspectedRun): boolean => streams.some(({ codec }) => codec === 'hevc');

/** The concat demuxer repeats parameter sets of H.264 at key frames, and of nothing else. */
const initsDiffer = (runs: readonly InspectedRun[]): boolean =>
  new Set(runs.map(({ run, streams }) => JSON.stringify([run.init?.length, streams.map(({ coding }) => coding)])))
    .size > 1;

/** Its bytes can be read where they lie, and its streams are numbered as the main ones are. */
const isReadable = ({ run, streams }: InspectedRun, main: InspectedRun): boolean =>
  !isPiped(run) &&
  run.sound === undefined &&
  // Of fragments that begin somewhere on the source's clock the concat demuxer does not know how long they last.
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
  // What has a picture goes before what has none, however short it is.
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

/** Equal for streams that decoders take one after the other in one track. */
function trackKey({ kind, codec, coding }: RunStream): string {
  if (kind === 'audio') return `audio ${coding}`;
  const depth = /\b(10|12|4:2:2|4:4:4)\b/.exec(coding)?.[1] ?? '8';
  return `video ${codec} ${depth}`;
}
