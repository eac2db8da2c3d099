import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Transform } from 'node:stream';
import { nameOf, SourceFault } from '@streamvault/network';

const UNPACKERS: Readonly<Record<string, () => Transform>> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** A playlist repeats itself and shrinks to a fortieth at best. Data that shrinks more is a decompression bomb. */
const LARGEST_RATIO = 100;
/** Below this size the ratio does not matter. */
const HARMLESS_BYTES = 1 << 20;

export interface UnpackLimits {
  readonly mostBytes: number;
  readonly signal: AbortSignal;
}

/**
 * The unpacked body. It is unpacked piece by piece, and abandoned as soon as it exceeds any playlist.
 * @throws SourceFault
 */
export async function unpack(
  packed: readonly Buffer[],
  encoding: string,
  address: string,
  { mostBytes, signal }: UnpackLimits,
): Promise<Buffer> {
  const begin = UNPACKERS[encoding];
  if (begin === undefined) return Buffer.concat(packed);
  const unpacker = begin();
  const packedBytes = packed.reduce((sum, { length }) => sum + length, 0);
  const most = Math.min(mostBytes, Math.max(HARMLESS_BYTES, packedBytes * LARGEST_RATIO));
  const pieces: Buffer[] = [];
  let bytes = 0;
  const done = Promise.withResolvers<void>();
  const stop = (): void => void unpacker.destroy(new Error('It is no longer wanted'));
  unpacker.on('data', (piece: Buffer) => {
    bytes += piece.length;
    pieces.push(piece);
    if (bytes > most) unpacker.destroy(burst(address));
  });
  unpacker.once('end', () => done.resolve());
  unpacker.once('error', (error: unknown) => done.reject(error));
  signal.addEventListener('abort', stop, { once: true });
  try {
    for (const piece of packed) unpacker.write(piece);
    unpacker.end();
    await done.promise;
    return Buffer.concat(pieces);
  } catch (error) {
    if (error instanceof SourceFault) throw error;
    // Whatever is wrong with the packed bytes, the answer is unusable. A retry may bring a good one.
    const message = `${nameOf(address)} sends ${encoding} data that cannot be unpacked.`;
    throw new SourceFault({ code: 'source.bad-encoding', message }, false);
  } finally {
    signal.removeEventListener('abort', stop);
    unpacker.destroy();
  }
}

const burst = (address: string): SourceFault =>
  new SourceFault(
    {
      code: 'source.too-large',
      message: `${nameOf(address)} sends few bytes that unpack to more than a playlist can contain. They are not read.`,
    },
    true,
  );
