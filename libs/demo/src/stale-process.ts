import { execFile } from 'node:child_process';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Remembers which process is ours, for a server that finds it after a crash of this one. */
export async function rememberProcess(pidFile: string, pid: number, mark: string): Promise<void> {
  // It gets its name only when it is complete, so that a reader can act on it.
  const draft = `${pidFile}.new`;
  await writeFile(draft, JSON.stringify({ pid, mark }));
  await rename(draft, pidFile);
}

/**
 * Ends the process that an earlier run remembered, if it still lives. Process numbers are reused: only a process whose
 * command line contains the remembered mark is ours; any other is left alone. True if one was ended.
 */
export async function endStaleProcess(pidFile: string): Promise<boolean> {
  const remembered = await recall(pidFile);
  await rm(pidFile, { force: true });
  if (!remembered || !(await commandLine(remembered.pid)).includes(remembered.mark)) return false;
  try {
    process.kill(remembered.pid, 'SIGKILL');
    return true;
  } catch {
    return false; // It ended by itself in between.
  }
}

async function recall(pidFile: string): Promise<{ pid: number; mark: string } | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(pidFile, 'utf8'));
    if (typeof value !== 'object' || value === null || !('pid' in value) || !('mark' in value)) return undefined;
    const { pid, mark } = value;
    if (!Number.isInteger(pid) || typeof pid !== 'number' || pid <= 1) return undefined;
    return typeof mark === 'string' && mark.length >= 16 ? { pid, mark } : undefined;
  } catch {
    return undefined; // There is none, or a crash cut it short: nothing can be checked.
  }
}

async function commandLine(pid: number): Promise<string> {
  try {
    if (process.platform === 'linux') return await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return (await execute('ps', ['-o', 'command=', '-p', String(pid)])).stdout;
  } catch {
    return ''; // There is no such process.
  }
}
