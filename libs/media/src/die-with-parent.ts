import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
let wrapper: Promise<readonly string[]> | undefined;

/**
 * The prefix of a command with which the kernel kills it when this process dies, even by kill -9. (Linux, prctl(2)
 * PR_SET_PDEATHSIG, by util-linux's `setpriv`, which then becomes the command itself.) Empty if there is no such
 * program; an ordinary exit still ends the children.
 */
export function dieWithParent(): Promise<readonly string[]> {
  wrapper ??= findWrapper();
  return wrapper;
}

async function findWrapper(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const words = ['setpriv', '--pdeathsig', 'KILL', '--'];
  try {
    await execute('setpriv', [...words.slice(1), 'true'], { timeout: 5000 });
    return words;
  } catch {
    // Not installed, or BusyBox's version, which does not know --pdeathsig. Only the cleanup after a kill -9 depends on
    // it.
    return [];
  }
}

let lowIo: Promise<readonly string[]> | undefined;

/**
 * The prefix of a command with which its reads and writes go after those of the capture. (Linux, ioprio_set(2) by
 * util-linux's or BusyBox's `ionice`: best effort, lowest level.) Empty if there is no such program.
 */
export function lowIoPriority(): Promise<readonly string[]> {
  lowIo ??= findIonice();
  return lowIo;
}

async function findIonice(): Promise<readonly string[]> {
  if (process.platform !== 'linux') return [];
  const words = ['ionice', '-c2', '-n7'];
  try {
    await execute('ionice', [...words.slice(1), 'true'], { timeout: 5000 });
    return words;
  } catch {
    // Not installed, or forbidden in this container: the priority is helpful, not necessary.
    return [];
  }
}
