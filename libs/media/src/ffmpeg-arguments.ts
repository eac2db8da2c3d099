import { RUN_PROTOCOLS } from './run-input.js';
import type { RunStream } from './runs.js';

/** Pure builders of ffmpeg's arguments. They use only what ffmpeg 4.1 and every later version know. */

/**
 * How much of a pipe is read before the streams are known: a broadcast may start with seconds without audio or video.
 */
const PIPE_ANALYSIS = ['-analyzeduration', '10M', '-probesize', '24M'] as const;
export const PIPE_ANALYSIS_BYTES = 24 * 1024 * 1024;

export const QUIET = ['-hide_banner', '-nostdin', '-loglevel', 'error', '-y'] as const;
/** Opus and FLAC in MP4 were experimental before 4.3; later versions ignore it. */
const ALLOW_ALL_CODECS = ['-strict', '-2'] as const;

/** Describes what is at `url`. */
export function inspectArguments(demuxer: string, url: string): readonly string[] {
  return ['-hide_banner', '-nostdin', '-loglevel', 'info', ...runInput(demuxer, url)];
}

export interface OutputOptions {
  readonly output: string;
  readonly muxer: 'mp4' | 'mpegts';
  /** The streams that go in, because some codecs need a tag of their own. */
  readonly tags: readonly RunStream[];
  readonly title?: string | undefined;
  /** Written into the file; tells later which recorded bytes it was made from. */
  readonly comment?: string;
  /** Moves the index to the front, so that a player can start before it has the whole file. */
  readonly fastStart?: boolean;
}

/** One run as an input; `url` is `pipe:0`, a file, or byte ranges of files. */
export const runInput = (demuxer: string, url: string): readonly string[] => [
  ...PIPE_ANALYSIS,
  '-protocol_whitelist',
  `${RUN_PROTOCOLS},pipe`,
  '-f',
  demuxer,
  '-i',
  url,
];

/** Several runs, listed in `list`, as one input. */
export const concatInput = (list: string): readonly string[] => [
  '-protocol_whitelist',
  RUN_PROTOCOLS,
  '-f',
  'concat',
  '-safe',
  '0',
  '-i',
  `file:${list}`,
];

export interface JoinInputs {
  readonly input: readonly string[];
  /** The number of inputs. */
  readonly inputs: number;
  /** Which streams, and how each is coded. */
  readonly outputs: readonly string[];
  /** Both inputs are timed by the source's one clock, which is kept so that they fit; the muxer then begins at zero. */
  readonly keepsClock?: boolean;
}

/**
 * Joins runs to one file. The MP4 muxer removes ADTS headers of AAC itself (aac_adtstoasc, inserted for plain MP4 since
 * 3.x), and ffmpeg lets the timeline start at zero unless `-copyts` is given. Progress comes on stdout.
 * @param chapters a file of chapters in ffmpeg's format
 */
export function joinArguments(
  { input, inputs, outputs, keepsClock }: JoinInputs,
  chapters: string | undefined,
  output: OutputOptions,
): readonly string[] {
  return [
    QUIET,
    ['-progress', 'pipe:1', '-nostats'],
    input,
    chapters === undefined ? [] : ['-f', 'ffmetadata', '-i', `file:${chapters}`],
    outputs,
    // Metadata of chapters stays, because it has their names.
    ['-map_metadata:g', '-1', '-map_metadata:s', '-1', '-map_chapters', chapters === undefined ? '-1' : String(inputs)],
    keepsClock === true ? ['-avoid_negative_ts', 'make_zero'] : [],
    outputArguments(output),
  ].flat();
}

function outputArguments({ output, muxer, tags, title, comment, fastStart }: OutputOptions): readonly string[] {
  return [
    ALLOW_ALL_CODECS,
    // Apple's players accept HEVC in MP4 only with this tag.
    muxer === 'mp4' && tags.some(({ codec }) => codec === 'hevc') ? ['-tag:v', 'hvc1'] : [],
    title === undefined ? [] : ['-metadata', `title=${withoutControls(title)}`],
    comment === undefined ? [] : ['-metadata', `comment=${comment}`],
    fastStart === true ? ['-movflags', '+faststart'] : [],
    ['-f', muxer, `file:${output}`],
  ].flat();
}

/** A process argument cannot contain NUL, and other control characters are useless in a title. */
function withoutControls(title: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this is about
  return title.replace(/[\s\u0000-\u001f\u007f]+/g, ' ').trim();
}

export interface ListEntry {
  readonly url: string;
  /** For when the demuxer cannot find it out. */
  readonly durationSeconds?: number;
}

/**
 * The list of addresses that the concat demuxer reads. Inside quotes everything is literal but the quote itself (ffmpeg-utils, "Quoting and
 * escaping").
 *
 * @throws RangeError for a path with a line break, which the format cannot express.
 */
export function concatList(entries: readonly ListEntry[]): string {
  const lines = entries.flatMap(({ url: file, durationSeconds }) => {
    if (/[\r\n]/.test(file))
      throw new RangeError(`The folder of ${JSON.stringify(file)} has a line break in its name; rename it.`);
    const line = `file '${file.replaceAll("'", String.raw`'\''`)}'`;
    return durationSeconds === undefined ? [line] : [line, `duration ${durationSeconds.toFixed(6)}`];
  });
  return ['ffconcat version 1.0', ...lines, ''].join('\n');
}

/** Decodes everything and keeps nothing: faults of the file are reported on stderr. */
export function decodeArguments(input: string): readonly string[] {
  return [...QUIET, '-i', `file:${input}`, '-map', '0:V?', '-map', '0:a?', '-f', 'null', '-'];
}

export interface ThumbnailOptions {
  readonly input: string;
  readonly atSeconds: number;
  /** The maximum; a smaller picture is not enlarged. */
  readonly width: number;
}

/**
 * The most typical frame of the second or so from there on, as JPEG on stdout, and the range of its brightness on
 * stderr.
 */
export function thumbnailArguments({ input, atSeconds, width }: ThumbnailOptions): readonly string[] {
  const filters = [
    // Square pixels, even sides.
    `scale=w='min(${evenDown(width)},max(2,2*trunc(iw*sar/2)))':h='max(2,2*trunc(ow/dar/2+0.5))'`,
    'setsar=1',
    'format=yuv420p',
    'thumbnail=n=30',
    'signalstats',
    // print: no value of the frame is changed. pipe:2, because stdout carries the picture.
    "metadata=mode=print:key=lavfi.signalstats.YLOW:file='pipe\\:2'",
    "metadata=mode=print:key=lavfi.signalstats.YHIGH:file='pipe\\:2'",
  ];
  return [
    QUIET,
    // From the key frame before: with accurate seeking, a place after the last frame gives nothing at all.
    ['-noaccurate_seek', '-ss', atSeconds.toFixed(3), '-i', `file:${input}`],
    ['-map', '0:V:0', '-an', '-sn', '-dn'],
    ['-frames:v', '1', '-vf', filters.join(',')],
    ['-c:v', 'mjpeg', '-q:v', '4', '-pix_fmt', 'yuvj420p', '-f', 'image2pipe', 'pipe:1'],
  ].flat();
}

/** The first key frame, as JPEG on stdout. @param size exactly this, with black bars where the shape differs */
export function stillArguments(
  demuxer: string,
  url: string,
  size?: { readonly width: number; readonly height: number },
): readonly string[] {
  const scale = size
    ? `scale=${size.width}:${size.height}:force_original_aspect_ratio=decrease,pad=${size.width}:${size.height}:-1:-1,setsar=1`
    : "scale=w='min(480,iw)':h=-2";
  return [
    QUIET,
    ['-skip_frame', 'nokey', ...runInput(demuxer, url)],
    ['-map', '0:V:0', '-an', '-sn', '-dn', '-frames:v', '1'],
    ['-vf', `${scale},format=yuvj420p`],
    ['-c:v', 'mjpeg', '-q:v', '5', '-f', 'image2pipe', 'pipe:1'],
  ].flat();
}

function evenDown(width: number): number {
  return Math.max(2, 2 * Math.floor(width / 2));
}

/** Decodes two seconds from there on. Stdout has a line for each frame, with the number of its stream. */
export function decodeAtArguments(input: string, atSeconds: number): readonly string[] {
  return [
    QUIET,
    ['-ss', atSeconds.toFixed(3), '-i', `file:${input}`, '-t', '2'],
    ['-map', '0:V:0?', '-map', '0:a:0?', '-f', 'framecrc', 'pipe:1'],
  ].flat();
}

/** A picture every `interval` seconds, many in one JPEG; the files are `0.jpg` and so on in `folder`. */
export function storyboardArguments(
  input: string,
  folder: string,
  interval: number,
  { width, height, columns, rows }: { width: number; height: number; columns: number; rows: number },
): readonly string[] {
  const filters = [
    // For each instant, the key frame before it.
    `fps=1/${interval}:start_time=0:round=up`,
    `scale=${width}:${height}:force_original_aspect_ratio=decrease`,
    `pad=${width}:${height}:-1:-1`,
    'setsar=1',
    'format=yuvj420p',
    `tile=${columns}x${rows}`,
  ];
  return [
    QUIET,
    ['-progress', 'pipe:1', '-nostats'],
    // Other frames are not even read, and a change of size must not restart the sprite.
    ['-skip_frame', 'nokey', '-discard:v', 'nokey', '-reinit_filter', '0', '-i', `file:${input}`],
    ['-map', '0:V:0', '-an', '-sn', '-dn', '-vf', filters.join(',')],
    ['-q:v', '5', '-start_number', '0', '-f', 'image2', `file:${folder.replaceAll('%', '%%')}/%d.jpg`],
  ].flat();
}
