import { errorCode } from '@streamvault/failures';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** What this process is called in `JobStarted`: `<host>:<process id>:<something of its own>`. */
export function ownerOfThisProcess(): string {
  return `${hostname()}:${process.pid}:${randomUUID().slice(0, 8)}`;
}

/** Whether that process can be known to be gone: on this machine, and either this one before it was this one, or not there. */
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
    // EPERM: it is there, and somebody else's.
    return errorCode(error) === 'ESRCH';
  }
}
