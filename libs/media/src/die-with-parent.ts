import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const execute = promisify(execFile);
let wrapper: Promise<readonly string[]> | undefined;

/**
 * The words to put before a command so that the kernel kills it when this process dies, kill -9 included (Linux,
 * prctl(2) PR_SET_PDEATHSIG, by util-linux's `setpriv`, which then becomes the command itself). Empty where there is no such thing:
 * an ordinary exit still takes the children along.
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
    // Not installed, or BusyBox's, which does not know --pdeathsig. Only the tidiness after a kill -9 depends on it.
    return [];
  }
}
