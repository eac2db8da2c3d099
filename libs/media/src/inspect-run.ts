import { MediaToolFailed, NoPlayableStreams } from './errors.js';
import { inspectArguments, PIPE_ANALYSIS_BYTES } from './ffmpeg-arguments.js';
import { isPiped, requireWhole, urlOf } from './run-input.js';
import { DEMUXERS, streamOf, type MediaRun, type RunStream } from './runs.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

/**
 * The streams in a run's bytes: the first video and all audio, including its separate audio. A track that is announced
 * but never comes is left out, because no file could be made with it.
 *
 * It asks ffmpeg, because ffmpeg will number and map the streams, and static ffprobe builds crash on some broadcasts.
 * @throws NoPlayableStreams, SourceUnreadable, MediaToolFailed, MediaToolTimedOut, or the signal's reason
 */
export async function inspectRun(
  tools: MediaTools,
  run: MediaRun,
  signal?: AbortSignal,
): Promise<readonly [RunStream, ...RunStream[]]> {
  const streams = parseDescription(await describe(tools, run, signal));
  const video = streams.find(({ kind }) => kind === 'video');
  const apart = run.sound === undefined ? [] : parseDescription(await describe(tools, run.sound, signal));
  const sound = apart.length > 0 ? apart.map((stream) => ({ ...stream, apart: true })) : streams;
  const [first, ...others] = [...(video ? [video] : []), ...sound.filter(({ kind }) => kind === 'audio')];
  if (first === undefined) throw new NoPlayableStreams(run.ranges[0]?.file ?? 'The recording');
  return [first, ...others];
}

/** More than any list of streams needs. A source with thousands of broken packets causes more output. */
const MOST_DESCRIPTION_CHARACTERS = 256 * 1024;

async function describe(tools: MediaTools, run: MediaRun, signal: AbortSignal | undefined): Promise<string> {
  const decoder = new TextDecoder();
  let description = '';
  await requireWhole(run);
  try {
    await runTool({
      program: tools.ffmpeg.path,
      args: inspectArguments(DEMUXERS[run.container], isPiped(run) ? 'pipe:0' : urlOf(run)),
      ...(isPiped(run) && { stdin: upTo(PIPE_ANALYSIS_BYTES, streamOf(run)) }),
      timeLimitSeconds: 120,
      onStderr: (chunk) => {
        const text = decoder.decode(chunk, { stream: true });
        description = (description + text).slice(-MOST_DESCRIPTION_CHARACTERS);
      },
      ...(signal && { signal }),
    });
  } catch (error) {
    // Without an output, ffmpeg describes its input and ends with an error: that is how to ask it.
    if (!(error instanceof MediaToolFailed) || error.exitCode === undefined) throw error;
  }
  return description;
}

async function* upTo(limit: number, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let left = limit;
  for await (const chunk of bytes) {
    yield chunk.subarray(0, left);
    left -= chunk.length;
    if (left <= 0) return;
  }
}

/**
 * Reads lines such as `Stream #0:0[0x100](und): Video: h264 (High) (avc1 / 0x31637661), yuv420p, 640x360 [SAR 1:1], 30
 * fps`, which have not changed between ffmpeg 4.1 and 7.1. Cover pictures and streams without size, sample rate or
 * channels are left out.
 */
export function parseDescription(description: string): readonly RunStream[] {
  const lines = description.matchAll(/^ *Stream #0:(\d+)(?:\[\w+\])?(?:\([^)]*\))?: (Video|Audio): (\w+)(.*)$/gm);
  return [...lines].flatMap(([, index = '', kind, codec = '', details = '']) => {
    if (details.includes('(attached pic)')) return [];
    const facts = kind === 'Video' ? /, ([1-9]\d*x[1-9]\d*)\b/.exec(details)?.[1] : soundFacts(details);
    if (facts === undefined) return [];
    // "(High)", but neither "(avc1 / 0x31637661)" nor "([27][0][0][0] / 0x001B)".
    const profile = /^ \(([^)/[]+)\)/.exec(details)?.[1] ?? '';
    const coding = [codec, profile, facts].join(' ');
    return [{ kind: kind === 'Video' ? ('video' as const) : ('audio' as const), index: Number(index), codec, coding }];
  });
}

function soundFacts(details: string): string | undefined {
  const [, rate, channels] = /, ([1-9]\d*) Hz, ([^,]+)/.exec(details) ?? [];
  return channels === undefined || channels === '0 channels' ? undefined : `${rate} ${channels}`;
}
