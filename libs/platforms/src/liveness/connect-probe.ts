import { MediaToolFailed, runTool } from '@streamvault/media';
import type { Connections } from '@streamvault/network';
import type { Liveness } from '../source-resolver.js';

const timeoutSeconds = 12;
/** ffprobe's messages when it reached no server. They say nothing about the broadcast. */
const unreached =
  /timed out|timeout|network is unreachable|no route to host|could not resolve|name or service|i\/o error/i;

/** Whether an RTMP, RTSP or SRT address gives media, found by opening it for a moment. */
export class ConnectProbe {
  constructor(
    private readonly ffprobePath: string,
    private readonly connections: Connections,
  ) {}

  /** @throws only the signal's reason */
  async look(address: string, signal: AbortSignal): Promise<Liveness> {
    const url = URL.parse(address);
    if (!url) return 'unknown';
    try {
      await this.connections.reach(url, 'given', 'direct');
      const patience = url.protocol.startsWith('rtsp') ? ['-rtsp_transport', 'tcp'] : [];
      const args = [
        '-v',
        'error',
        '-probesize',
        '32768',
        '-analyzeduration',
        '0',
        ...patience,
        '-show_entries',
        'stream=index',
        address,
      ];
      await runTool({
        program: this.ffprobePath,
        args,
        signal,
        timeLimitSeconds: timeoutSeconds,
        maxStdoutBytes: 65_536,
      });
      return 'live';
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof MediaToolFailed && !unreached.test(error.lastWords.join(' ')) ? 'offline' : 'unknown';
    }
  }
}
