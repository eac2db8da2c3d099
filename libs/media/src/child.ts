import { spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { Writable, type Readable } from 'node:stream';
import { childEnvironment } from './child-environment.js';
import { dieWithParent } from './die-with-parent.js';
import { LastWords } from './last-words.js';

export interface ChildEnd {
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Why it could not be started at all. */
  readonly startError: Error | undefined;
  /** The last lines it wrote to stderr, oldest first. */
  readonly lastWords: readonly string[];
}

/**
 * A program whose output is read while it runs. It has a process group of its own, so that everything it starts ends
 * with it. Where the system allows it, it dies with this process.
 */
export class Child {
  readonly ended: Promise<ChildEnd>;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess) {
    this.#process = process;
    const words = new LastWords();
    let startError: Error | undefined;
    process.stderr?.on('data', (chunk: Uint8Array) => words.push(chunk));
    process.on('error', (error) => {
      startError = error;
    });
    this.ended = new Promise((resolve) => {
      // `close` comes after `error` too, and only when the pipes have ended.
      process.on('close', (exitCode, signal) => resolve({ exitCode, signal, startError, lastWords: words.lines() }));
    });
  }

  /**
   * @param environment variables beside the few that are passed on from ours
   * @param inputs how many streams it reads, from descriptor 3 on
   */
  static async start(
    program: string,
    args: readonly string[],
    environment: Readonly<Record<string, string>> = {},
    inputs = 0,
  ): Promise<Child> {
    const [first = program, ...rest] = [...(await dieWithParent()), program, ...args];
    const env = { ...childEnvironment(), ...environment };
    const pipes = Array.from({ length: inputs }, () => 'pipe' as const);
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', ...pipes];
    return new Child(spawn(first, rest, { stdio, detached: true, windowsHide: true, env }));
  }

  get stdout(): Readable {
    const { stdout } = this.#process;
    if (stdout === null) throw new Error('The program was started without a pipe');
    return stdout;
  }

  /** Its inputs from descriptor 3 on. */
  get inputs(): readonly Writable[] {
    return this.#process.stdio.slice(3).filter((stream) => stream instanceof Writable);
  }

  /** Asks it to end by itself. */
  interrupt(): void {
    this.#signal('SIGINT');
  }

  /** Kills it and whatever it started. */
  kill(): void {
    this.#signal('SIGKILL');
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid } = this.#process;
    if (pid === undefined) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has ended already with all it had started, or this system has no groups and nothing more can be done.
      this.#process.kill(signal);
    }
  }
}
