import { it } from '@jest/globals';
import { execFileSync } from 'node:child_process';

export const mayMount = ((): boolean => {
  try {
    execFileSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/**
 * A test on real mounts, for which there is no substitute. If this user may not mount, it is skipped, with a message.
 */
export function itMounts(name: string, test: () => Promise<void>): void {
  if (mayMount) return it(name, test);
  process.stderr.write(`Not tested, because this user may not mount (it takes root, with CAP_SYS_ADMIN): ${name}\n`);
  it.skip(name, test);
}

export const mountTmpfs = (path: string): void =>
  void execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path]);

export const unmount = (path: string): void => void execFileSync('umount', ['--lazy', path]);
