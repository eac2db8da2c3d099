import { MediaToolFailed } from './errors.js';
import { parseProbe, type MediaProbe } from './media-probe.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

export interface ProbeOptions {
  /** Reads the whole file to count packets. */
  readonly countPackets?: boolean;
  readonly signal?: AbortSignal;
}

export function probeArguments(file: string, countPackets: boolean): readonly string[] {
  return [
    ['-hide_banner', '-loglevel', 'error'],
    countPackets ? ['-count_packets'] : [],
    ['-show_format', '-show_streams', '-of', 'json'],
    ['-i', `file:${file}`],
  ].flat();
}

/** @throws MediaToolFailed for a file that is missing or not media */
export async function probe(tools: MediaTools, file: string, options: ProbeOptions = {}): Promise<MediaProbe> {
  const { stdout } = await runTool({
    program: tools.ffprobe.path,
    args: probeArguments(file, options.countPackets === true),
    timeLimitSeconds: options.countPackets === true ? 3600 : 120,
    ...(options.signal && { signal: options.signal }),
  });
  return read(tools, stdout);
}

function read(tools: MediaTools, json: Uint8Array): MediaProbe {
  const text = new TextDecoder().decode(json);
  try {
    return parseProbe(JSON.parse(text));
  } catch (error) {
    // Only a broken ffprobe writes invalid JSON and exits with 0.
    const lastWords = [`unreadable answer: ${text.slice(0, 200)}`];
    throw new MediaToolFailed(tools.ffprobe.path, { exitCode: 0, signal: undefined, lastWords }, { cause: error });
  }
}
