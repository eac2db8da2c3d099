import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { getPriority } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { dieWithParent } from './die-with-parent.js';
import { MediaToolFailed, MediaToolTimedOut, StorageFull, StorageRefused } from './errors.js';
import { temporaryFolder, type TemporaryFolder } from './media.testing.js';
import { runTool, type ToolRun } from './run-tool.js';

const ENDLESS = 'setInterval(() => {}, 1000);';

describe('runTool', () => {
  let temporary: TemporaryFolder;
  beforeEach(async () => {
    temporary = await temporaryFolder();
  });
  afterEach(() => temporary.remove());

  const node = (script: string, more: Partial<ToolRun> = {}) =>
    runTool({ program: process.execPath, args: ['--input-type=module', '-e', script], ...more });

  /** Starts a script that prints its process id first, and returns that. */
  function nodeWithPid(script: string, more: Partial<ToolRun> = {}) {
    const { promise: pid, resolve } = Promise.withResolvers<number>();
    let said = '';
    const onStderr = (chunk: Uint8Array) => {
      said += Buffer.from(chunk).toString();
      const found = /pid (\d+)\n/.exec(said)?.[1];
      if (found !== undefined) resolve(Number(found));
    };
    const ended = node(`console.error('pid ' + process.pid); ${script}`, { onStderr, ...more });
    return { pid, ended };
  }

  it('returns stdout, and feeds stdin to its end', async () => {
    async function* source() {
      for (let index = 0; index < 50; index++) yield Buffer.alloc(100_000, index);
    }
    const script = 'let n = 0; for await (const chunk of process.stdin) n += chunk.length; console.log(n);';
    const { stdout } = await node(script, { stdin: source() });
    expect(Buffer.from(stdout).toString()).toBe('5000000\n');
  });

  it('takes no more from the source than the program reads', async () => {
    let taken = 0;
    async function* source() {
      for (; taken < 1000; taken++) yield Buffer.alloc(1024 * 1024);
    }
    const abort = new AbortController();
    const { pid, ended } = nodeWithPid(ENDLESS, { stdin: source(), signal: abort.signal });
    const outcome = ended.catch((error: unknown) => error);
    await pid;
    // Until the pipe is full and nothing moves any more.
    for (let before = -1; before !== taken; await wait(100)) before = taken;

    expect(taken).toBeLessThan(10);
    abort.abort();
    await outcome;
  });

  it('lets a program close its stdin early and succeed', async () => {
    async function* source() {
      for (;;) yield Buffer.alloc(1024 * 1024);
    }
    const { stdout } = await node("process.stdin.destroy(); console.log('enough');", { stdin: source() });
    expect(Buffer.from(stdout).toString()).toBe('enough\n');
  });

  it('stops the program and throws what the source threw', async () => {
    const broken = new Error('the part is gone');
    async function* source() {
      yield Buffer.from('some');
      await pid;
      throw broken;
    }
    const { pid, ended } = nodeWithPid(`process.stdin.resume(); ${ENDLESS}`, { stdin: source() });
    await expect(ended).rejects.toBe(broken);
    expect(await isAlive(await pid)).toBe(false);
  });

  it('does not wait for a source that hangs when the program has ended', async () => {
    const silent: AsyncIterable<Uint8Array> = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise(() => {}) }),
    };
    await expect(node('process.exit(3)', { stdin: silent })).rejects.toMatchObject({ exitCode: 3 });
  });

  it('kills the program on abort, and settles only when it is gone', async () => {
    const abort = new AbortController();
    const { pid, ended } = nodeWithPid(`process.on('SIGTERM', () => {}); ${ENDLESS}`, { signal: abort.signal });
    const id = await pid;
    const reason = new Error('shutting down');
    abort.abort(reason);
    await expect(ended).rejects.toBe(reason);
    expect(await isAlive(id)).toBe(false);
    await expect(node('', { signal: abort.signal })).rejects.toBe(reason);
  });

  it('stops a program that takes too long', async () => {
    const { pid, ended } = nodeWithPid(ENDLESS, { timeLimitSeconds: 1 });
    await expect(ended).rejects.toBeInstanceOf(MediaToolTimedOut);
    await expect(ended).rejects.toThrow(/not done after 1 s/);
    expect(await isAlive(await pid)).toBe(false);
  });

  it('reports exit code, signal and the last output, and only the last', async () => {
    const chatty = `for (let i = 0; i < 20000; i++) console.error('line ' + i); process.exitCode = 7;`;
    const failed = node(chatty);
    await expect(failed).rejects.toBeInstanceOf(MediaToolFailed);
    await expect(failed).rejects.toMatchObject({ code: 'media.tool-failed', exitCode: 7, signal: undefined });
    await expect(failed).rejects.toThrow(/ended with exit code 7\..* line 19998 \| line 19999$/);
    const error = await failed.catch((thrown: MediaToolFailed) => thrown);
    expect(error.lastWords).toHaveLength(12);

    await expect(node("process.kill(process.pid, 'SIGSEGV');")).rejects.toMatchObject({ signal: 'SIGSEGV' });
  });

  it('reports that the program cannot be started', async () => {
    await expect(runTool({ program: '/nowhere/ffmpeg', args: [] })).rejects.toThrow(
      /^\S*ffmpeg can no longer be run.*Install ffmpeg again/,
    );
  });

  it('refuses an endless answer', async () => {
    const endless = node(`const say = () => process.stdout.write('x'.repeat(65536), say); say();`, {
      maxStdoutBytes: 100_000,
    });
    await expect(endless).rejects.toBeInstanceOf(MediaToolFailed);
  });

  it.each([
    ['av_interleaved_write_frame(): No space left on device', 1, StorageFull],
    // Versions before 5 exit with 0 when only the trailer could not be written.
    ['Error writing trailer of file:/x.mp4: No space left on device', 0, StorageFull],
    ['Error writing trailer of file:/x.mp4: Disk quota exceeded', 1, StorageFull],
    ['file:/x.mp4: Permission denied', 1, StorageRefused],
    ['file:/x.mp4: Read-only file system', 1, StorageRefused],
    ['av_interleaved_write_frame(): Input/output error', 1, StorageRefused],
  ])('understands "%s" (exit code %d)', async (words, exitCode, type) => {
    const failed = node(`console.error(${JSON.stringify(words)}); process.exitCode = ${exitCode};`, {
      writes: '/videos/x.mp4',
    });
    await expect(failed).rejects.toBeInstanceOf(type);
    await expect(failed).rejects.toThrow('/videos/x.mp4');
  });

  it('runs below normal priority', async () => {
    const abort = new AbortController();
    const { pid, ended } = nodeWithPid(ENDLESS, { signal: abort.signal });
    const outcome = ended.catch(() => undefined);
    expect(getPriority(await pid)).toBeGreaterThan(getPriority());
    abort.abort();
    await outcome;
  });

  it('starts programs that die with their parent, however it dies', async () => {
    const words = await dieWithParent();
    if (words.length === 0) return; // Only Linux with util-linux can do this.
    const parent = spawn('sh', ['-c', `${words.join(' ')} sleep 1000 & echo $!; wait`], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const { promise: line, resolve } = Promise.withResolvers<string>();
    createInterface(parent.stdout).once('line', resolve);
    const child = Number(await line);
    await until(async () => (await commandOf(child)) === 'sleep');

    parent.kill('SIGKILL');

    await until(async () => !(await isAlive(child)));
  });
});

async function until(fact: () => Promise<boolean>): Promise<void> {
  while (!(await fact())) await wait(10);
}

async function commandOf(pid: number): Promise<string | undefined> {
  return (await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => undefined))?.trim();
}

/** A zombie that was not collected yet does not count as alive. */
async function isAlive(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => 'State:\tR');
  return !/^State:\s+Z/m.test(status);
}
