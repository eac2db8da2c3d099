/* oxlint-disable no-console -- a script */
import { existsSync, statSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import { join, normalize } from 'node:path';
import { FakeAudit } from './fake-audit.ts';
import { answer, mediaFile, sendFile, sendPlaylist } from './fake-files.ts';
import { seed } from './fake-history.ts';
import { type FakeMedia, makeFakeMedia, segmentSeconds } from './fake-media.ts';
import { fakeRoutes, unknown } from './fake-routes.ts';
import { FakeWorld } from './fake-world.ts';

/**
 * A stand-in for the server, to look at the console with: `node apps/admin/testing/fake-server.ts [--empty] [--port=8010]`
 * after `npx ng build`. Not shipped.
 */
const dist = join(import.meta.dirname, '..', 'dist', 'browser');
export async function startFakeServer(options: { port: number; empty: boolean }) {
  // Takes seconds of encoding, so only once a page plays something.
  let made: Promise<FakeMedia> | undefined;
  const mediaOnce = (): Promise<FakeMedia> => (made ??= makeFakeMedia());
  const world = new FakeWorld();
  if (!options.empty) seed(world);
  const audit = new FakeAudit(world);

  const routes = fakeRoutes(world, audit);

  function live(request: IncomingMessage, url: URL, response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    const send = (name: string, data: unknown, id = ''): void => {
      response.write(`${id === '' ? '' : `id: ${id}\n`}event: ${name}\ndata: ${JSON.stringify(data)}\n\n`);
    };
    const since = Number(request.headers['last-event-id'] ?? url.searchParams.get('lastEventId') ?? world.log.length);
    for (const event of world.log.slice(since)) send('event', event, event.position);
    send('caughtUp', {});
    const listener = (event: FakeWorld['log'][number]): void => send('event', event, event.position);
    world.listeners.add(listener);
    const timer = setInterval(() => {
      const recordings = world.progress();
      if (recordings.length > 0) send('progress', { recordings });
    }, 1000);
    response.on('close', () => {
      world.listeners.delete(listener);
      clearInterval(timer);
    });
  }

  const growing = setInterval(() => world.grow(), segmentSeconds * 1000);

  const server = createServer((request, response) => {
    void (async () => {
      const url = new URL(request.url ?? '/', 'http://fake');
      const path = url.pathname;
      if (path === '/api/live') return live(request, url, response);
      if (/^\/fake-media\/|\/(thumbnail|stream)$/.test(path)) {
        const file = mediaFile(path, await mediaOnce(), world);
        if (file !== undefined)
          return file === null ? answer(response, unknown('file')) : sendFile(request, response, file);
      }
      const playlist = /^\/api\/recordings\/(\d+)\/playlist\.m3u8$/.exec(path);
      if (playlist) return sendPlaylist(response, Number(playlist[1]), await mediaOnce(), world);
      if (path.startsWith('/api') || path.startsWith('/fake') || path === '/health') {
        let text = '';
        for await (const chunk of request) text += String(chunk);
        const body: Record<string, unknown> = text === '' ? {} : JSON.parse(text);
        for (const [method, pattern, handle] of routes) {
          const match = method === request.method ? pattern.exec(path) : null;
          if (match)
            return answer(response, handle(match.slice(1), { query: url.searchParams, body }) ?? unknown('thing'));
        }
        return answer(response, unknown('route'));
      }
      const wanted = join(dist, normalize(path));
      const found = wanted.startsWith(dist) && existsSync(wanted) && statSync(wanted).isFile();
      return sendFile(request, response, found ? wanted : join(dist, 'index.html'));
    })().catch((error: unknown) => {
      console.error(error);
      response.destroy();
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : options.port;
  return {
    world,
    url: `http://127.0.0.1:${port}`,
    close: () => {
      clearInterval(growing);
      server.closeAllConnections();
      return new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

if (import.meta.main) {
  const flag = (name: string): string | undefined =>
    process.argv.find((argument) => argument.startsWith(`--${name}`))?.split('=')[1] ??
    (process.argv.includes(`--${name}`) ? '' : undefined);
  const { url } = await startFakeServer({ port: Number(flag('port') ?? 8010), empty: flag('empty') !== undefined });
  console.log(`The console with a fake server: ${url}`);
}
