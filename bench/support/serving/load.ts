import { connect } from 'node:net';

export interface Load {
  readonly address: URL;
  /** The whole text of the next request. */
  readonly request: () => string;
  readonly connections: number;
  readonly seconds: number;
}

export interface LoadResult {
  readonly perSecond: number;
  readonly bytesPerSecond: number;
}

/** Connections that ask again as soon as they have the answer, whose bytes are only counted: as much as one thread can ask for. */
export async function measureLoad({ address, request, connections, seconds }: Load): Promise<LoadResult> {
  const began = performance.now();
  const until = began + seconds * 1000;
  const received = { answers: 0, bytes: 0 };
  const memory = Buffer.allocUnsafeSlow(1 << 20);
  await Promise.all(Array.from({ length: connections }, () => askOn({ address, request, until, received, memory })));
  const lasted = (performance.now() - began) / 1000;
  return { perSecond: received.answers / lasted, bytesPerSecond: received.bytes / lasted };
}

interface Asking {
  readonly address: URL;
  readonly request: () => string;
  readonly until: number;
  readonly received: { answers: number; bytes: number };
  readonly memory: Buffer;
}

function askOn({ address, request, until, received, memory }: Asking): Promise<void> {
  return new Promise((resolve, reject) => {
    /** Of the body; -1 while the head is not there. */
    let left = -1;
    let head = '';
    const take = (length: number, bytes: Uint8Array): boolean => {
      for (let at = 0; at < length;) {
        if (left < 0) {
          const before = head.length;
          head += Buffer.from(bytes.buffer, bytes.byteOffset + at, Math.min(length - at, 8192)).toString('latin1');
          const end = head.indexOf('\r\n\r\n');
          if (end < 0) return true;
          at += end + 4 - before;
          const size = /^content-length: *(\d+)/im.exec(head)?.[1];
          if (!/^HTTP\/1\.1 20[06] /.test(head) || size === undefined) {
            socket.destroy(new Error(`That is no answer to count: ${head}`));
            return true;
          }
          left = Number(size);
          head = '';
        }
        const here = Math.min(left, length - at);
        left -= here;
        at += here;
        received.bytes += here;
        if (left > 0) continue;
        left = -1;
        received.answers += 1;
        if (performance.now() < until) socket.write(request());
      }
      if (performance.now() >= until) socket.destroy();
      return true;
    };
    const socket = connect({
      host: address.hostname,
      port: Number(address.port),
      noDelay: true,
      onread: { buffer: memory, callback: take },
    });
    socket.once('connect', () => socket.write(request()));
    socket.once('error', reject);
    socket.once('close', () => resolve());
  });
}

/** Connections that ask once and do not read: what each costs the server stays with it. @returns ends them */
export async function holdConnections(address: URL, request: string, count: number): Promise<() => void> {
  const sockets = await Promise.all(
    Array.from(
      { length: count },
      () =>
        new Promise<ReturnType<typeof connect>>((resolve, reject) => {
          const socket = connect({ host: address.hostname, port: Number(address.port) }, () => {
            socket.pause();
            socket.write(request);
            resolve(socket);
          });
          socket.once('error', reject);
        }),
    ),
  );
  for (const socket of sockets) socket.on('error', () => undefined);
  return () => {
    for (const socket of sockets) socket.destroy();
  };
}
