import type { Server } from 'node:http';
import type { Socket } from 'node:net';

export interface ConnectionLimits {
  /** Of one address. A browser has six, a player a few. */
  readonly mostEach: number;
  /** Whether many clients share an address: a trusted proxy, or this machine. */
  readonly isShared: (address: string) => boolean;
}

/** Closes connections beyond what one client needs, so that it cannot take the places of all others. */
export function limitConnections(server: Pick<Server, 'on'>, { mostEach, isShared }: ConnectionLimits): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const { remoteAddress: address } = socket;
    if (address === undefined || isShared(address)) return;
    const now = (open.get(address) ?? 0) + 1;
    if (now > mostEach) {
      socket.destroy();
      return;
    }
    open.set(address, now);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  });
}
