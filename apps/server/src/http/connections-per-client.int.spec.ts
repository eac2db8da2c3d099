import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { limitConnections } from './connections-per-client.js';

/** Whether the server lets a connection ask for something. */
async function isAnswered(socket: Socket): Promise<boolean> {
  if (socket.closed) return false;
  const answered = once(socket, 'data').then(() => true);
  const closed = once(socket, 'close').then(() => false);
  socket.write('GET / HTTP/1.1\r\nHost: x\r\n\r\n');
  // A connection that is cut off may end by an error.
  return Promise.race([answered, closed]).catch(() => false);
}

it('one address has a limited number of connections, and gets a place back with each that it closes', async () => {
  const server = createServer((_, answer) => answer.end('hello'));
  let isShared = false;
  limitConnections(server, { mostEach: 2, isShared: () => isShared });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  const open = async (): Promise<Socket> => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    socket.on('error', () => undefined);
    await once(socket, 'connect');
    return socket;
  };
  try {
    const [first, second, third] = [await open(), await open(), await open()];
    expect([await isAnswered(first), await isAnswered(second), await isAnswered(third)]).toEqual([true, true, false]);
    first.destroy();
    await once(first, 'close');
    // The server notices a moment later than we do.
    let isBack = false;
    while (!isBack) isBack = await isAnswered(await open());
    isShared = true;
    expect(await isAnswered(await open())).toBe(true);
  } finally {
    for (const socket of sockets) socket.destroy();
    server.close();
  }
});
