import { spawn, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { within } from './until.js';

const program = fileURLToPath(new URL('../../../apps/server/dist/main.js', import.meta.url));
/** A server is started hundreds of times, and a fifth of a start is compiling the same code. */
export const compiledCode = {
  NODE_COMPILE_CACHE: fileURLToPath(new URL('../../../node_modules/.cache/built-server', import.meta.url)),
};

export interface Exit {
  readonly code: number | null;
  readonly signal: string | null;
}

/** One run of the built server, as an operator's shell would start it. */
export class ServerProcess {
  readonly exited: Promise<Exit>;
  readonly #child: ChildProcess;
  #out = '';
  #err = '';

  /** Settings of the developer do not reach the server: it gets `settings` and what is needed to find programs. */
  constructor(settings: Readonly<Record<string, string>>, workingDirectory: string) {
    const { PATH = '', HOME = '', TMPDIR, NODE_V8_COVERAGE } = process.env;
    this.#child = spawn(process.execPath, [program], {
      cwd: workingDirectory,
      env: {
        PATH,
        HOME,
        ...(TMPDIR && { TMPDIR }),
        ...(NODE_V8_COVERAGE && { NODE_V8_COVERAGE }),
        ...compiledCode,
        ...settings,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child.stdout?.on('data', (chunk: Buffer) => (this.#out += chunk.toString()));
    this.#child.stderr?.on('data', (chunk: Buffer) => (this.#err += chunk.toString()));
    const endWithUs = () => this.#child.kill('SIGKILL');
    process.once('exit', endWithUs);
    this.exited = new Promise((resolve) => {
      this.#child.once('close', (code, signal) => {
        process.off('exit', endWithUs);
        resolve({ code, signal });
      });
    });
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('The server never ran.');
    return this.#child.pid;
  }

  /** Its standard output so far. */
  get out(): string {
    return this.#out;
  }

  /** Its standard error so far. */
  get err(): string {
    return this.#err;
  }

  send(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): void {
    this.#child.kill(signal);
  }

  /** kill -9; settles when the process is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await within(10, 'the killed server was gone', this.exited);
  }
}
