import { codecString } from './codecs.js';

export interface VideoStream {
  readonly index: number;
  /** ffmpeg's name: `h264`, `hevc`, `av1`. */
  readonly codec: string;
  readonly profile?: string;
  readonly width: number;
  readonly height: number;
  /** Frames per second on average. */
  readonly frameRate?: number;
  /** RFC 6381, if ffprobe's facts are enough for it: `avc1.64001f`. */
  readonly codecs?: string;
  readonly durationSeconds?: number;
  /** Only if packets were counted. */
  readonly packets?: number;
}

export interface AudioStream {
  readonly index: number;
  readonly codec: string;
  readonly profile?: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly codecs?: string;
  readonly durationSeconds?: number;
  readonly packets?: number;
}

export interface MediaProbe {
  /** ffmpeg's name of the container: `mov,mp4,m4a,3gp,3g2,mj2`, `mpegts`. */
  readonly formatName: string;
  /** From the start of the earliest stream to the end of the latest. Undefined if the container does not say. */
  readonly durationSeconds?: number;
  readonly startSeconds?: number;
  readonly bytes?: number;
  readonly title?: string;
  readonly comment?: string;
  /** The first real video. Cover pictures and streams without details do not count. */
  readonly video?: VideoStream;
  /** The first audio. */
  readonly audio?: AudioStream;
  readonly audioTracks: readonly AudioStream[];
}

/** ffprobe's JSON. Any field may be absent, and numbers mostly come as strings. */
export function parseProbe(json: unknown): MediaProbe {
  const format = record(record(json)['format']);
  const tags = record(format['tags']);
  const streams = list(record(json)['streams']).map(record);
  const video = streams.map(toVideo).find((stream) => stream !== undefined);
  const audioTracks = streams.map(toAudio).filter((stream) => stream !== undefined);
  const [audio] = audioTracks;
  const durationSeconds = number(format['duration']);
  const startSeconds = number(format['start_time']);
  const bytes = number(format['size']);
  const title = text(tags['title']);
  const comment = text(tags['comment']);
  return {
    formatName: text(format['format_name']) ?? 'unknown',
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(startSeconds !== undefined && { startSeconds }),
    ...(bytes !== undefined && { bytes }),
    ...(title !== undefined && { title }),
    ...(comment !== undefined && { comment }),
    ...(video && { video }),
    ...(audio && { audio }),
    audioTracks,
  };
}

type Fields = Readonly<Record<string, unknown>>;

function toVideo(stream: Fields): VideoStream | undefined {
  if (stream['codec_type'] !== 'video' || record(stream['disposition'])['attached_pic'] === 1) return undefined;
  const codec = text(stream['codec_name']);
  const width = number(stream['width']);
  const height = number(stream['height']);
  const frameRate = fraction(stream['avg_frame_rate']) ?? fraction(stream['r_frame_rate']);
  if (codec === undefined || !width || !height) return undefined;
  return { ...ofEveryStream(stream, codec), width, height, ...(frameRate !== undefined && { frameRate }) };
}

function toAudio(stream: Fields): AudioStream | undefined {
  const codec = text(stream['codec_name']);
  const sampleRate = number(stream['sample_rate']);
  const channels = number(stream['channels']);
  if (stream['codec_type'] !== 'audio' || codec === undefined || !sampleRate || !channels) return undefined;
  return { ...ofEveryStream(stream, codec), sampleRate, channels };
}

function ofEveryStream(stream: Fields, codec: string) {
  const profile = text(stream['profile']);
  const codecs = codecString({ codec, profile, level: number(stream['level']), pixelFormat: text(stream['pix_fmt']) });
  const durationSeconds = number(stream['duration']);
  const packets = number(stream['nb_read_packets']);
  return {
    index: number(stream['index']) ?? 0,
    codec,
    ...(profile !== undefined && profile !== 'unknown' && { profile }),
    ...(codecs !== undefined && { codecs }),
    ...(durationSeconds !== undefined && { durationSeconds }),
    ...(packets !== undefined && { packets }),
  };
}

function record(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function number(value: unknown): number | undefined {
  const parsed =
    typeof value === 'number' ? value : Number(typeof value === 'string' && value !== '' ? value : Number.NaN);
  return Number.isFinite(parsed) ? parsed : undefined;
}

/** `30000/1001`; `0/0` means unknown. */
function fraction(value: unknown): number | undefined {
  const [over, under] = (text(value) ?? '').split('/').map(Number);
  if (!over || !under) return undefined;
  return Math.round((over / under) * 1000) / 1000;
}
