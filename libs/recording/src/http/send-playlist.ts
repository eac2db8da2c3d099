import { principalOf, signPlaylist } from '@streamvault/http-kit';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { crc32, gzipSync } from 'node:zlib';
import { z } from 'zod';
import type { ReadyPlaylist } from '../playback/recording-media.js';

/** What a player may ask of a playlist. Anything else in the address is somebody else's. */
export const playlistQuery = z.object({
  /** `low`: each segment as soon as it is there, and not put together with its neighbours to about six seconds. */
  latency: z.enum(['low']).optional().catch(undefined),
  /** Only what is newer than what it has (RFC 8216bis, section 6.2.5.1). */
  _HLS_skip: z.enum(['YES', 'v2']).optional().catch(undefined),
});
export type PlaylistQuery = z.infer<typeof playlistQuery>;

/** Less than fits into a packet is not worth compressing. */
const worthCompressing = 1200;

/** Compressed, unless it is what the player has already. Who came by a signed address gets addresses that are signed alike. */
export function sendPlaylist(request: FastifyRequest, reply: FastifyReply, playlist: ReadyPlaylist): void {
  const { signature } = principalOf(request);
  const text = signature === '' ? playlist.text() : signPlaylist(playlist.text(), signature);
  // Weak: it stands for the compressed text as well.
  const etag = `W/"${text.length.toString(36)}-${crc32(text).toString(36)}"`;
  void reply.header('Cache-Control', 'no-cache').header('Vary', 'Accept-Encoding').header('ETag', etag);
  if (request.headers['if-none-match']?.includes(etag.slice(2)) === true) return void reply.status(304).send();
  void reply.header('Content-Type', 'application/vnd.apple.mpegurl');
  if (text.length < worthCompressing || !takesGzip(request)) return void reply.send(text);
  const zipped = signature === '' ? playlist.gzip() : gzipSync(text, { level: 1 });
  void reply.header('Content-Encoding', 'gzip').send(zipped);
}

const takesGzip = ({ headers }: FastifyRequest): boolean =>
  /(^|[,\s])(gzip|\*)\s*(;\s*q=(?!0(\.0*)?\s*(,|$))|,|$)/i.test(headers['accept-encoding'] ?? '');
