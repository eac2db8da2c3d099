import type { TrackSource } from './join-plan.js';
import type { RunStream } from './runs.js';

/** Encoders by codec, each with settings for speed and good quality. */
const encoders: Readonly<Record<string, readonly string[]>> = {
  h264: ['libx264', '-preset', 'veryfast', '-crf', '20', '-pix_fmt', 'yuv420p', '-g', '60'],
  hevc: ['libx265', '-preset', 'fast', '-crf', '23', '-x265-params', 'log-level=error'],
  vp9: ['libvpx-vp9', '-deadline', 'realtime', '-crf', '30', '-b:v', '0'],
  av1: ['libsvtav1', '-preset', '10', '-crf', '32'],
  mpeg2video: ['mpeg2video', '-q:v', '4'],
  aac: ['aac', '-b:a', '160k'],
  mp3: ['libmp3lame', '-q:a', '3'],
  ac3: ['ac3'],
  eac3: ['eac3'],
  opus: ['libopus'],
  flac: ['flac'],
};

/**
 * The arguments for the tracks of one run, apart from its own inputs.
 * @param first the number of the first input after those
 * @param durationSeconds the length of a filler for what the run lacks
 */
export function trackArguments(
  tracks: readonly TrackSource[],
  first: number,
  durationSeconds: number,
): { readonly inputs: readonly string[]; readonly outputs: readonly string[] } {
  const inputs: string[] = [];
  const outputs: string[] = [];
  let fillers = 0;
  for (const [place, { track, stream, again }] of tracks.entries()) {
    if (stream === undefined) {
      inputs.push('-f', 'lavfi', '-t', durationSeconds.toFixed(3), '-i', fillerOf(track));
      outputs.push('-map', `${first + fillers}:0`);
      fillers += 1;
    } else {
      outputs.push('-map', `${stream.apart ? 1 : 0}:${stream.index}`);
    }
    outputs.push(`-c:${place}`, ...(again ? encodingOf(track, place) : ['copy']));
  }
  // A filler begins with the file, real media a little later: together they last no longer than the run.
  return { inputs, outputs: fillers > 0 ? [...outputs, '-t', durationSeconds.toFixed(3)] : outputs };
}

function encodingOf(track: RunStream, place: number): readonly string[] {
  const [encoder = track.codec, ...options] = encoders[track.codec] ?? [];
  const sound = soundOf(track);
  return sound === undefined
    ? [encoder, ...options]
    : [encoder, ...options, `-filter:${place}`, `aresample=${sound.rate},aformat=channel_layouts=${sound.layout}`];
}

function fillerOf(track: RunStream): string {
  const sound = soundOf(track);
  if (sound !== undefined) return `anullsrc=r=${sound.rate}:cl=${sound.layout}`;
  return `color=c=black:s=${/(\d+x\d+)$/.exec(track.coding)?.[1] ?? '640x360'}:r=30`;
}

/** `48000` and `stereo` of `aac LC 48000 stereo`. */
function soundOf({ kind, coding }: RunStream): { readonly rate: string; readonly layout: string } | undefined {
  if (kind === 'video') return undefined;
  const [, rate = '48000', layout = 'stereo'] = /(\d+) (\S+)$/.exec(coding) ?? [];
  // "5.1(side)" needs no escaping in a filter's option, because it contains no filter separator.
  return { rate, layout };
}
