import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';

/** A source that would cost others something. */
export interface HostileSource {
  readonly what: string;
  readonly path: string;
  readonly body: string | Buffer;
  readonly packed?: string;
  /** The causes with which a recording of it may fail. */
  readonly causes: RegExp;
}

const segments = (count: number): string => `#EXTM3U\n#EXT-X-TARGETDURATION:2\n${'#EXTINF:2,\na\n'.repeat(count)}`;
const variants = (count: number): string =>
  `#EXTM3U\n${'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="a",NAME="n",URI="a"\n'.repeat(4000)}${'#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO="a"\nb\n'.repeat(count)}`;
const live = (inside: string): string => `<MPD type="dynamic"><Period>${inside}</Period></MPD>`;

export const hostileSources: readonly HostileSource[] = [
  {
    what: 'a list of a million segments',
    path: 'a.m3u8',
    body: segments(1_000_000),
    causes: /^source\.too-large$/,
  },
  { what: 'sixty thousand variants', path: 'b.m3u8', body: variants(60_000), causes: /^source\.too-large$/ },
  {
    what: 'bytes that are packed to burst',
    path: 'c.m3u8',
    body: gzipSync(Buffer.alloc(64 << 20)),
    packed: 'gzip',
    causes: /^source\.too-large$/,
  },
  {
    what: 'a manifest of open quotes',
    path: 'd.mpd',
    body: `<MPD ${'a="'.repeat(43_000)}`,
    causes: /^manifest\.malformed$/,
  },
  {
    what: 'a manifest of four megabytes',
    path: 'e.mpd',
    body: live('<S/>'.repeat(1_100_000)),
    causes: /^source\.too-large$/,
  },
  {
    what: 'a manifest under a playlist’s name',
    path: 'f.m3u8',
    body: live('<x '.repeat(40_000)),
    causes: /^manifest\.malformed$/,
  },
  {
    what: 'an encrypted manifest',
    path: 'g.mpd',
    body: live('<AdaptationSet contentType="video"><ContentProtection/><Representation/></AdaptationSet>'),
    causes: /^source\.encrypted$/,
  },
];

/** Serves them, from bytes that are made beforehand: what serves them must not look like a slow server. */
export async function serveHostileSources(): Promise<{ readonly origin: string; readonly close: () => void }> {
  const bodies = new Map(hostileSources.map(({ body, path }) => [path, Buffer.from(body as string)]));
  const server = await listening(
    createServer((request: IncomingMessage, response: ServerResponse) => {
      const source = hostileSources.find(({ path }) => request.url === `/${path}`);
      if (source?.packed !== undefined) response.setHeader('content-encoding', source.packed);
      response.writeHead(source === undefined ? 404 : 200).end(source && bodies.get(source.path));
    }),
  );
  return {
    origin: `http://127.0.0.1:${portOf(server)}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** A camera that sends everybody on to another address. */
export async function redirectingCamera(to: string): Promise<{ readonly url: string; readonly close: () => void }> {
  const camera = createTcpServer((socket) => {
    socket
      .on('error', () => undefined)
      .on('data', (request) => {
        const sequence = /^CSeq: *(\d+)/im.exec(request.toString('latin1'))?.[1] ?? '1';
        socket.write(`RTSP/1.0 302 Found\r\nCSeq: ${sequence}\r\nLocation: ${to}\r\n\r\n`);
      });
  });
  await listening(camera);
  return { url: `rtsp://127.0.0.1:${portOf(camera)}/camera`, close: () => void camera.close() };
}

async function listening<Any extends ReturnType<typeof createTcpServer>>(server: Any): Promise<Any> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}

const portOf = (server: ReturnType<typeof createTcpServer> | Server): number => (server.address() as AddressInfo).port;
