/** The hostile sources as a process of its own, so that serving them does not delay those who measure: `node --import … hostile-origin.ts`. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostileSources, redirectingCamera, serveHostileSources } from '../../tests/live-origin/hostile-sources.js';

export interface HostileAddress {
  readonly what: string;
  readonly url: string;
}

const served = await serveHostileSources();
const camera = await redirectingCamera('rtsp://169.254.169.254/x');
const all: readonly HostileAddress[] = [
  ...hostileSources.map(({ path, what }) => ({ what, url: `${served.origin}/${path}` })),
  { what: 'a camera that leads to a cloud’s metadata', url: camera.url },
];
const list = createServer((_, response) => response.end(JSON.stringify(all)));
list.listen(0, '127.0.0.1', () =>
  console.log(`They are listed at http://127.0.0.1:${(list.address() as AddressInfo).port} `),
);
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(0));
