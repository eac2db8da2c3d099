import { errorCode } from '@streamvault/failures';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** This process's name in `JobStarted`: `<host>:<process id>:<a unique part>`. */
export function ownerOfThisProcess(): string {
  return `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/**
 * Whether that process is certainly gone: it was on this machine, and either had this process's number earlier, or no
 * longer exists.
 */
export function isKnownGone(owner: string, self: string): boolean {
  if (owner === self) return false;
  const [host, pid] = owner.split(':');
  const [ownHost, ownPid] = self.split(':');
  if (host !== ownHost) return false;
  if (pid === ownPid) return true;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    // EPERM: it exists, and belongs to another user.
    return errorCode(error) === 'ESRCH';
  }
}
