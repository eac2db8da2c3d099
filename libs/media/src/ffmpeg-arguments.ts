import type { RunStream } from './runs.js';

/** Pure builders of ffmpeg's arguments. They use only what ffmpeg 4.1 and every later version know. */

/** How much of a pipe is looked at before the streams are known: a broadcast may start with seconds of silence or without a picture. */
const PIPE_ANALYSIS = ['-analyzeduration', '10M', '-probesize', '24M'] as const;
export const PIPE_ANALYSIS_BYTES = 24 * 1024 * 1024;

const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'] as const;
/** Opus and FLAC in MP4 were experimental before 4.3; later versions ignore it. */
const ALLOW_ALL_CODECS = ['-strict', '-2'] as const;

/** Describes what is on stdin. */
export function inspectArguments(demuxer: string): readonly string[] {
  return ['-hide_banner', '-nostdin', '-loglevel', 'info', ...PIPE_ANALYSIS, '-f', demuxer, '-i', 'pipe:0'];
}

export interface OutputOptions {
  readonly output: string;
  readonly title?: string | undefined;
  /** Ends up in the file, and tells later which recorded bytes it was made of. */
  readonly comment: string;
  /** Moves the index to the front, so that a player starts before it has the whole file. */
  readonly fastStart: boolean;
}

/**
 * Bytes on stdin to MP4 without coding again. ADTS headers of AAC are taken off by the MP4 muxer itself
 * (aac_adtstoasc, inserted for plain MP4 since 3.x), and ffmpeg lets the timeline start at zero as long as nobody asks for `-copyts`.
 */
export function remuxArguments(
  demuxer: string,
  streams: readonly RunStream[],
  output: OutputOptions,
  sound?: SoundInput,
): readonly string[] {
  return [
    QUIET,
    // Both inputs are timed by the source's one clock, which is kept so that they fit; the muxer then begins at zero.
    sound?.timed === true ? ['-copyts'] : [],
    PIPE_ANALYSIS,
    ['-f', demuxer, '-i', 'pipe:0'],
    sound === undefined ? [] : [...PIPE_ANALYSIS, '-f', sound.demuxer, '-i', `file:${sound.file}`],
    streams.flatMap(({ index, apart }) => ['-map', `${apart ? 1 : 0}:${index}`]),
    sound?.timed === true ? ['-avoid_negative_ts', 'make_zero'] : [],
    mp4Arguments(streams, output),
  ].flat();
}

/** A run's separate sound, in a file. */
export interface SoundInput {
  readonly demuxer: string;
  readonly file: string;
  /** By the same clock as the picture. Else the two are taken to begin together, which is as near as one can get. */
  readonly timed: boolean;
}

/** Several files, listed in `list`, to one. */
export function concatArguments(list: string, streams: readonly RunStream[], output: OutputOptions): readonly string[] {
  return [
    QUIET,
    ['-f', 'concat', '-safe', '0', '-i', `file:${list}`],
    ['-map', '0'],
    mp4Arguments(streams, output),
  ].flat();
}

function mp4Arguments(
  streams: readonly RunStream[],
  { output, title, comment, fastStart }: OutputOptions,
): readonly string[] {
  return [
    ['-map_metadata', '-1', '-map_chapters', '-1'],
    ['-c', 'copy', ...ALLOW_ALL_CODECS],
    // Apple's players take HEVC in MP4 under this tag only.
    streams.some(({ codec }) => codec === 'hevc') ? ['-tag:v', 'hvc1'] : [],
    title === undefined ? [] : ['-metadata', `title=${withoutControls(title)}`],
    ['-metadata', `comment=${comment}`],
    fastStart ? ['-movflags', '+faststart'] : [],
    ['-f', 'mp4', `file:${output}`],
  ].flat();
}

/** A process argument cannot hold NUL, and a title has no use for the rest of them. */
function withoutControls(title: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return title.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
}

/**
 * The list that the concat demuxer reads. Inside quotes everything is literal but the quote itself (ffmpeg-utils, "Quoting and
 * escaping").
 *
 * @throws RangeError for a path with a line break, which the format cannot express.
 */
export function concatList(files: readonly string[]): string {
  const lines = files.map((file) => {
    if (/[\r\n]/.test(file))
      throw new RangeError(`The folder of ${JSON.stringify(file)} has a line break in its name; rename it.`);
    return `file 'file:${file.replaceAll("'", String.raw`'\''`)}'`;
  });
  return ['ffconcat version 1.0', ...lines, ''].join('\n');
}

/** Decodes everything and keeps nothing: what is wrong with the file comes out on stderr. */
export function decodeArguments(input: string): readonly string[] {
  return [...QUIET, '-i', `file:${input}`, '-map', '0:V?', '-map', '0:a?', '-f', 'null', '-'];
}

export interface ThumbnailOptions {
  readonly input: string;
  readonly atSeconds: number;
  /** At most; a smaller picture is not made larger. */
  readonly width: number;
}

/** The most typical frame of the second or so from there on, as JPEG on stdout, and how much its brightness varies on stderr. */
export function thumbnailArguments({ input, atSeconds, width }: ThumbnailOptions): readonly string[] {
  const filters = [
    // Square pixels, even sides.
    `scale=w='min(${evenDown(width)},max(2,2*trunc(iw*sar/2)))':h='max(2,2*trunc(ow/dar/2+0.5))'`,
    'setsar=1',
    'format=yuv420p',
    'thumbnail=n=30',
    'signalstats',
    // print: no value of the frame is changed; pipe:2 because stdout carries the picture.
    "metadata=mode=print:key=lavfi.signalstats.YLOW:file='pipe\\:2'",
    "metadata=mode=print:key=lavfi.signalstats.YHIGH:file='pipe\\:2'",
  ];
  return [
    QUIET,
    // From the key frame before: with accurate seeking a place behind the last frame gives nothing at all.
    ['-noaccurate_seek', '-ss', atSeconds.toFixed(3), '-i', `file:${input}`],
    ['-map', '0:V:0', '-an', '-sn', '-dn'],
    ['-frames:v', '1', '-vf', filters.join(',')],
    ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1'],
  ].flat();
}

function evenDown(width: number): number {
  return Math.max(2, 2 * Math.floor(width / 2));
}
