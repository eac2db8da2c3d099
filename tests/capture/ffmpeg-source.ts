import { spawn, type ChildProcess } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';

/** A small broadcast by its own ffmpeg, in real time: video with a key frame twice a second, and a tone. */
export class FfmpegSource {
  readonly gone: Promise<unknown>;
  readonly #process: ChildProcess;
  #said = '';

  constructor(output: readonly string[]) {
    const input = ['-re', '-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=30', '-f', 'lavfi', '-i', 'sine=440'];
    const codecs =
      '-c:v libx264 -preset ultrafast -tune zerolatency -g 15 -b:v 200k -pix_fmt yuv420p -c:a aac -b:a 64k';
    const args = ['-hide_banner', '-loglevel', 'warning', '-nostdin', ...input, ...codecs.split(' '), ...output];
    this.#process = spawn('ffmpeg', args, { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#process.stderr?.on('data', (chunk: Buffer) => (this.#said += chunk.toString()));
    this.gone = once(this.#process, 'close');
    const endWithUs = () => this.#process.kill('SIGKILL');
    process.once('exit', endWithUs);
    void this.gone.then(() => process.off('exit', endWithUs));
  }

  get said(): string {
    return this.#said;
  }

  /** It ends properly, and says goodbye. */
  async end(): Promise<void> {
    this.#process.kill('SIGINT');
    await this.gone;
  }

  async kill(): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.gone;
  }

  /** It is there and sends nothing, until it is `resume`d. */
  pause(): void {
    this.#process.kill('SIGSTOP');
  }

  resume(): void {
    this.#process.kill('SIGCONT');
  }
}

/** A port that is free now. */
export async function freePort(protocol: 'udp' | 'tcp' = 'udp'): Promise<number> {
  const socket = protocol === 'udp' ? createSocket('udp4').bind(0, '127.0.0.1') : createServer().listen(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address() as AddressInfo;
  socket.close();
  await once(socket, 'close');
  return port;
}

/**
 * Whether something listens there, found without connecting: an ffmpeg that waits for a caller takes the first one as
 * its only one.
 */
export async function isListening(port: number): Promise<boolean> {
  const lines = (await readFile('/proc/net/tcp', 'utf8')).split('\n').map((line) => line.trim().split(/\s+/));
  return lines.some(
    ([, local, , state]) => state === LISTEN && Number.parseInt(local?.split(':')[1] ?? '', 16) === port,
  );
}

/** In /proc/net/tcp (proc(5), include/net/tcp_states.h). */
const LISTEN = '0A';
