import { createReadStream, statSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join } from 'node:path';
import { type FakeMedia, segmentSeconds } from './fake-media.ts';
import { type Answer, unknown } from './fake-routes.ts';
import type { FakeWorld } from './fake-world.ts';

const types: Record<string, string> = {
  '.html': 'text/html',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
  '.jpg': 'image/jpeg',
  '.mp4': 'video/mp4',
  '.ts': 'video/mp2t',
  '.m3u8': 'application/vnd.apple.mpegurl',
};

export function answer(response: ServerResponse, { status = 200, body }: Answer): void {
  const type = status >= 400 ? 'application/problem+json' : 'application/json';
  response.writeHead(status, { 'content-type': type, 'x-correlation-id': 'c0ffee' });
  response.end(body === undefined ? undefined : JSON.stringify(body));
}

/** undefined: the path is not one of media. null: it is, and there is no such file. */
export function mediaFile(path: string, media: FakeMedia, world: FakeWorld): string | null | undefined {
  const segment = /^\/fake-media\/(segment-\d+\.ts)$/.exec(path)?.[1];
  if (segment !== undefined) return join(media.folder, segment);
  const video = /^\/api\/videos\/(\d+)\/(thumbnail|stream)$/.exec(path);
  if (!video) return undefined;
  const id = Number(video[1]);
  if (!world.videos.has(id)) return null;
  if (video[2] === 'stream') return media.mp4;
  return id % 5 === 0 ? null : (media.stills[id % media.stills.length] ?? null);
}

export function sendPlaylist(response: ServerResponse, id: number, media: FakeMedia, world: FakeWorld): void {
  const recording = world.recordings.get(id);
  if (!recording?.playable) return answer(response, unknown('recording'));
  const count = Math.min(Math.round(recording.durationSeconds / segmentSeconds), media.segments.length);
  const start = Date.parse(recording.startedAt ?? recording.requestedAt);
  const lines = [
    '#EXTM3U',
    '#EXT-X-VERSION:6',
    `#EXT-X-TARGETDURATION:${segmentSeconds + 1}`,
    '#EXT-X-PLAYLIST-TYPE:EVENT',
  ];
  for (let index = 0; index < count; index += 1) {
    lines.push(`#EXT-X-PROGRAM-DATE-TIME:${new Date(start + index * segmentSeconds * 1000).toISOString()}`);
    lines.push(`#EXTINF:${segmentSeconds}.000,`, `/fake-media/${media.segments[index] ?? ''}`);
  }
  if (recording.endedAt !== null) lines.push('#EXT-X-ENDLIST');
  response.writeHead(200, { 'content-type': types['.m3u8'], 'cache-control': 'no-store' });
  response.end(`${lines.join('\n')}\n`);
}

export function sendFile(request: IncomingMessage, response: ServerResponse, file: string): void {
  const { size } = statSync(file);
  const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
  const from = range ? Number(range[1]) : 0;
  const to = range && range[2] !== '' ? Math.min(Number(range[2]), size - 1) : size - 1;
  response.writeHead(range ? 206 : 200, {
    'content-type': types[extname(file)] ?? 'application/octet-stream',
    'content-length': to - from + 1,
    'accept-ranges': 'bytes',
    ...(range && { 'content-range': `bytes ${from}-${to}/${size}` }),
  });
  createReadStream(file, { start: from, end: to })
    .on('error', () => response.destroy())
    .pipe(response);
}
