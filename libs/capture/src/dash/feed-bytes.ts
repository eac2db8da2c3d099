import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { nameOf, SourceFault } from '@streamvault/network';
import type { GetOptions, HttpClient } from '../session/http-client.js';
import type { DashSegment } from './presentation.js';

const LARGEST_SEGMENT = 256 << 20;

/** All bytes of a resource. @throws SourceFault */
export async function fetchWhole(
  http: Pick<HttpClient, 'getBody'>,
  { byteRange, url }: Pick<DashSegment, 'url' | 'byteRange'>,
  options: GetOptions,
): Promise<Buffer> {
  let chunks: Buffer[] = [];
  let bytes = 0;
  await http.getBody(
    url,
    { ...options, ...(byteRange && { range: byteRange }) },
    {
      start: () => {
        chunks = [];
        bytes = 0;
      },
      data: (chunk) => {
        bytes += chunk.length;
        if (bytes > LARGEST_SEGMENT)
          throw new SourceFault({ code: 'source.too-large', message: `${nameOf(url)} is too large.` }, true);
        chunks.push(chunk);
      },
    },
  );
  return Buffer.concat(chunks);
}

export async function writeAll(output: Writable, bytes: Buffer, signal: AbortSignal): Promise<void> {
  if (output.write(bytes) || signal.aborted) return;
  await once(output, 'drain', { signal });
}
