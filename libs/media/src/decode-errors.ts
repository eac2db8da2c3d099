import { MediaToolFailed } from './errors.js';
import { decodeArguments } from './ffmpeg-arguments.js';
import { runTool } from './run-tool.js';
import type { MediaTools } from './tools.js';

/** More lines are not kept: the file is broken, and the first ones say where. */
const MOST_LINES = 1000;

/**
 * Decodes the whole file and returns ffmpeg's complaints, line by line; an empty list means a flawless file. Takes as
 * long as decoding does.
 * @throws the signal's reason, MediaToolTimedOut. A file that cannot be read at all gives a list with that as its line.
 */
export async function decodeErrors(tools: MediaTools, file: string, signal?: AbortSignal): Promise<readonly string[]> {
  const complaints = new Lines(MOST_LINES);
  try {
    await runTool({
      program: tools.ffmpeg.path,
      args: decodeArguments(file),
      timeLimitSeconds: 24 * 3600,
      onStderr: (chunk) => complaints.push(chunk),
      ...(signal && { signal }),
    });
  } catch (error) {
    // A file that ends the decoder is the answer, not a failure of asking. The error output says why.
    if (!(error instanceof MediaToolFailed)) throw error;
    return complaints.all().length > 0 ? complaints.all() : [error.message];
  }
  return complaints.all();
}

/** The null muxer reports rounded timestamps of frames that were decoded well and are discarded. */
function isComplaint(line: string): boolean {
  return line.trim() !== '' && !line.startsWith('[null @ ');
}

/** The first lines of a text that arrives in chunks. */
class Lines {
  readonly #lines: string[] = [];
  readonly #decoder = new TextDecoder();
  readonly #most: number;
  #rest = '';

  constructor(most: number) {
    this.#most = most;
  }

  push(chunk: Uint8Array): void {
    if (this.#lines.length >= this.#most) return;
    const parts = (this.#rest + this.#decoder.decode(chunk, { stream: true })).split(/[\r\n]+/);
    this.#rest = parts.pop() ?? '';
    this.#lines.push(...parts.filter(isComplaint).slice(0, this.#most - this.#lines.length));
  }

  all(): readonly string[] {
    return isComplaint(this.#rest) ? [...this.#lines, this.#rest] : this.#lines;
  }
}
