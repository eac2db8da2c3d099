/** Seconds per segment. */
export const segmentSeconds = 2;
/** Segments in the playlist: a window of half a minute. */
export const windowSegments = 15;
/** Segments kept on disk after they left the playlist, for a client that has just read it. */
const graceSegments = 5;

export const playlistFile = 'live.m3u8';
export const fontFile = 'font.ttf';
export const segmentFile = /^seg-\d{1,15}\.ts$/;

const width = 640;
const height = 360;
const framesPerSecond = 30;

export interface DemoRun {
  /** Media sequence number of the first segment. */
  readonly firstSequence: number;
  /** Milliseconds since the epoch; the clock in the video counts from here. */
  readonly startedAt: number;
  /** Appears only in the command line, so that the process can be distinguished from another one with its number. */
  readonly mark: string;
}

/**
 * The command line that makes the channel, in options that ffmpeg 4.1 already knows. It must run in the folder of the
 * run, which contains the font: no path appears, so none needs escaping. Beside the playlist it writes 8 kB of audio a
 * second to its standard output. That is a sign of life, and ends it when nobody reads it any more (EPIPE), even after
 * a kill -9.
 */
export function demoArguments({ firstSequence, startedAt, mark }: DemoRun): readonly string[] {
  const groups = [
    ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'],
    // A soft gradient is drawn small and scaled up: fifteen percent of one core, and it looks good.
    ['-re', '-f', 'lavfi', '-i', `color=gray:s=64x36:r=${framesPerSecond},format=yuv444p`],
    ['-re', '-f', 'lavfi', '-i', `aevalsrc='${melody}':s=48000:c=mono`],
    ['-filter_complex', picture(startedAt)],

    ['-map', '[picture]', '-map', '1:a'],
    ['-c:v', 'libx264', '-preset', 'superfast', '-tune', 'zerolatency', '-profile:v', 'main', '-threads', '1'],
    ['-b:v', '600k', '-maxrate', '700k', '-bufsize', '1400k'],
    ['-g', String(framesPerSecond * segmentSeconds), '-keyint_min', String(framesPerSecond * segmentSeconds)],
    ['-sc_threshold', '0', '-c:a', 'aac', '-b:a', '96k', '-ac', '2'],
    ['-metadata', `comment=${mark}`],
    ['-f', 'hls', '-hls_time', String(segmentSeconds), '-hls_list_size', String(windowSegments)],
    ['-hls_delete_threshold', String(graceSegments), '-start_number', String(firstSequence)],
    // A live channel has no end: without `omit_endlist`, every stop would tell the viewers that it is over for good.
    ['-hls_flags', 'delete_segments+program_date_time+discont_start+omit_endlist+temp_file+independent_segments'],
    ['-hls_segment_filename', 'seg-%d.ts', playlistFile],

    ['-map', '1:a', '-ac', '1', '-ar', '8000', '-c:a', 'pcm_u8', '-f', 'u8', 'pipe:1'],
  ];
  return groups.flat();
}

/** A note every two seconds, swelling and fading, climbing by fifths within the octave. */
const melody = [
  `st(0,110*2^(mod(floor(t/2)*7,12)/12))`,
  `0.06*(1-cos(PI*t))*(sin(2*PI*t*ld(0))+0.4*sin(4*PI*t*ld(0)))`,
].join(';');

function picture(startedAt: number): string {
  const text = 'fontfile=font.ttf:fontcolor=white:x=(w-tw)/2';
  const clock = `%{pts\\:gmtime\\:${(startedAt / 1000).toFixed(3)}\\:%Y-%m-%d %H\\\\\\:%M\\\\\\:%S} UTC`;
  return [
    [
      `[0:v]geq=lum='70+34*sin(X/17+T*0.7)+28*cos(Y/9-T*0.5)+16*sin((X+Y)/13+T*0.9)'`,
      `cb='140+34*sin(X/23-T*0.4)'`,
      `cr='120+38*cos((X-2*Y)/29+T*0.33)',scale=${width}:${height}:flags=bicubic,format=yuv420p,setsar=1`,
    ].join(':') + `,drawbox=y=120:w=${width}:h=120:color=black@0.45:t=fill[sky]`,
    `color=white:s=96x4:r=${framesPerSecond},format=yuv420p[mark]`,
    `[sky][mark]overlay=x='(W-w)*(0.5-0.5*cos(PI*t))':y=236[moving]`,
    `[moving]drawtext=${text}:fontsize=36:y=138:text='StreamVault demo channel'` +
      `,drawtext=${text}:fontsize=24:y=192:text='${clock}'[picture]`,
  ].join(';');
}
