import { childEnvironment } from '@streamvault/media';
import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { constants, setPriority } from 'node:os';
import type { Clock } from '@streamvault/capture';

/** One run of ffmpeg: its sign of life, its last output, its end. */
export class DemoProcess {
  readonly #child: ChildProcess;
  readonly #clock: Pick<Clock, 'now' | 'sleep'>;
  #lastSignOfLife: number;
  #lastWords = '';
  #ended = false;
  /** Resolves, and never rejects, when the process is gone or could not be started. */
  readonly end: Promise<void>;

  constructor(ffmpegPath: string, args: readonly string[], directory: string, clock: Pick<Clock, 'now' | 'sleep'>) {
    this.#clock = clock;
    this.#lastSignOfLife = clock.now();
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe'];
    this.#child = spawn(ffmpegPath, args, { cwd: directory, stdio, windowsHide: true, env: childEnvironment() });
    this.#child.stdout?.on('data', () => {
      this.#lastSignOfLife = clock.now();
    });
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#lastWords = (this.#lastWords + chunk.toString()).slice(-2000);
    });
    this.end = new Promise((resolve) => {
      this.#child.once('error', (error) => {
        this.#lastWords += error.message;
        this.#ended = true;
        resolve();
      });
      this.#child.once('close', () => {
        this.#ended = true;
        resolve();
      });
    });
    this.#giveWay();
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Milliseconds since it last wrote anything. */
  get silentFor(): number {
    return this.#clock.now() - this.#lastSignOfLife;
  }

  /** Its last error output, in one line. */
  get lastWords(): string {
    const lines = this.#lastWords.split(/[\r\n]+/).map((line) => line.trim());
    return (
      lines
        .filter((line) => line !== '')
        .slice(-3)
        .join(' · ') || 'ffmpeg said nothing'
    );
  }

  /** Asks it to end, and kills it if it does not; resolves when it is gone. */
  async stop(): Promise<void> {
    if (this.#ended) return this.end;
    this.#child.kill('SIGTERM');
    const impatience = setTimeout(() => this.#child.kill('SIGKILL'), 2000);
    await this.end;
    clearTimeout(impatience);
  }

  /** Recordings come first: the demo gets the processor time that they leave. */
  #giveWay(): void {
    if (this.#child.pid === undefined) return;
    try {
      setPriority(this.#child.pid, constants.priority.PRIORITY_BELOW_NORMAL);
    } catch {
      // It is gone already, which its end reports, or the system has no priorities, which does no harm.
    }
  }
}
