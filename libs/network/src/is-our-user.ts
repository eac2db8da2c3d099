import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/**
 * Whether a connection on loopback belongs to a program of our own user. Other users of this machine may not use it.
 */
export async function isOurUser({ remotePort = 0, localPort = 0 }: Socket): Promise<boolean> {
  const own = process.getuid?.();
  let table: string;
  try {
    table = await readFile('/proc/net/tcp', 'latin1');
  } catch {
    // Only Linux can tell.
    return true;
  }
  const portOf = (written = ''): number => Number.parseInt(written.split(':')[1] ?? '', 16);
  const line = table
    .split('\n')
    .map((text) => text.trim().split(/\s+/))
    .find(([, local, remote]) => portOf(local) === remotePort && portOf(remote) === localPort);
  return line === undefined || Number(line[7]) === own;
}
