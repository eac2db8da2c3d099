import { constants as files } from 'node:fs';
import { access } from 'node:fs/promises';
import { constants, setPriority } from 'node:os';
import { basename } from 'node:path';
import { childEnvironment } from './child-environment.js';
import { dieWithParent, lowIoPriority } from './die-with-parent.js';
import { MediaToolFailed, MediaToolGone, MediaToolTimedOut, StorageFull, StorageRefused } from './errors.js';
import { feed } from './feed.js';
import { LastWords, speaksOfFullDisk, speaksOfRefusedStorage } from './last-words.js';

export interface ToolRun {
  /** The program's path. */
  readonly program: string;
  readonly args: readonly string[];
  /** Fed only as fast as the program reads. The program may stop reading before the end; its exit code decides. */
  readonly stdin?: AsyncIterable<Uint8Array>;
  readonly signal?: AbortSignal;
  readonly timeLimitSeconds?: number;
  /** Collected stdout beyond this is a failure. */
  readonly maxStdoutBytes?: number;
  /** Receives every chunk of stderr, beside the last lines that are kept anyway. */
  readonly onStderr?: (chunk: Uint8Array) => void;
  /** Receives every chunk of stdout, which is then not collected. */
  readonly onStdout?: (chunk: Uint8Array) => void;
  /** The file that the program writes, named in errors about a full or refusing disk. */
  readonly writes?: string;
}

export interface ToolResult {
  readonly stdout: Uint8Array;
  readonly lastWords: readonly string[];
}

/**
 * The one place that starts processes. They run below normal priority, because capture goes first, and with a closed
 * stdin unless fed. Settles only when the process is gone, also after an abort: then it no longer touches any file.
 * @throws MediaToolFailed, MediaToolGone, MediaToolTimedOut, StorageFull, StorageRefused, the signal's reason, or what
 * `stdin` threw
 */
export async function runTool(run: ToolRun): Promise<ToolResult> {
  run.signal?.throwIfAborted();
  const wrapper = [...(await dieWithParent()), ...(await lowIoPriority())];
  run.signal?.throwIfAborted();

  const [program, args] = wrapped(wrapper, run.program, run.args);
  // Imported late: the capture thread loads this library too, and starts no processes.
  const { execa } = await import('execa');
  run.signal?.throwIfAborted();
  const child = execa(program, args, {
    stdin: run.stdin === undefined ? 'ignore' : 'pipe',
    buffer: { stdout: run.onStdout === undefined, stderr: false },
    maxBuffer: { stdout: run.maxStdoutBytes ?? 16 * 1024 * 1024 },
    encoding: 'buffer',
    stripFinalNewline: false,
    reject: false,
    killSignal: 'SIGKILL',
    windowsHide: true,
    env: childEnvironment(),
    extendEnv: false,
    ...(run.signal && { cancelSignal: run.signal }),
    ...(run.timeLimitSeconds !== undefined && { timeout: run.timeLimitSeconds * 1000 }),
  });
  yieldToCapture(child.pid);
  const lastWords = new LastWords();
  child.stderr.on('data', (chunk: Uint8Array) => {
    lastWords.push(chunk);
    run.onStderr?.(chunk);
  });

  const { onStdout } = run;
  if (onStdout !== undefined) child.stdout.on('data', (chunk: Uint8Array) => onStdout(chunk));

  let sourceError: { readonly error: unknown } | undefined;
  const feeding = feed(run.stdin, child.stdin, (error) => {
    sourceError = { error };
    child.kill('SIGKILL');
  });
  // Whichever is first: a source that hangs must not outlive the program that it feeds.
  await Promise.race([feeding, child]);
  const end = await child;

  run.signal?.throwIfAborted();
  if (sourceError !== undefined) throw sourceError.error;
  const words = lastWords.lines();
  const tool = basename(run.program);
  if (run.writes !== undefined && speaksOfFullDisk(words)) throw new StorageFull(run.writes);
  if (end.timedOut) throw new MediaToolTimedOut(tool, run.timeLimitSeconds ?? 0, words);
  if (end.failed) {
    if (await isGone(run.program)) throw new MediaToolGone(run.program, { cause: end.cause });
    const refusal = run.writes === undefined ? undefined : speaksOfRefusedStorage(words);
    if (run.writes !== undefined && refusal !== undefined) throw new StorageRefused(run.writes, refusal);
    const neverStarted = words.length === 0 && end.exitCode === undefined && end.signal === undefined;
    const said = neverStarted || end.isMaxBuffer ? [...words, end.shortMessage ?? 'it could not be started'] : words;
    throw new MediaToolFailed(
      tool,
      { exitCode: end.exitCode, signal: end.signal, lastWords: said },
      { cause: end.cause },
    );
  }
  return { stdout: end.stdout ?? new Uint8Array(), lastWords: words };
}

/** Whether the program no longer exists: removed, or on a disk that is away. Checked only after a failed run. */
async function isGone(program: string): Promise<boolean> {
  try {
    await access(program, files.X_OK);
    return false;
  } catch {
    // Whatever the reason, it cannot be run.
    return true;
  }
}

function wrapped(
  wrapper: readonly string[],
  program: string,
  args: readonly string[],
): readonly [string, readonly string[]] {
  const [first, ...rest] = wrapper;
  return first === undefined ? [program, args] : [first, [...rest, program, ...args]];
}

function yieldToCapture(pid: number | undefined): void {
  if (pid === undefined) return;
  try {
    setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended already, or the system forbids it: the priority is helpful, not necessary.
  }
}
