import { createDecipheriv } from 'node:crypto';
import type { SegmentKey } from '../hls/playlist.js';
import { nameOf, SourceFault } from '@streamvault/network';

const VECTOR_BYTES = 16;

/** The common names of the systems behind `KEYFORMAT`. */
const RIGHTS_MANAGEMENT: ReadonlyMap<string, string> = new Map([
  ['com.apple.streamingkeydelivery', 'FairPlay'],
  ['com.microsoft.playready', 'PlayReady'],
  ['urn:uuid:9a04f079-9840-4286-ab92-e65be0885f95', 'PlayReady'],
  ['urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed', 'Widevine'],
]);

/** A body in AES-128: CBC mode over all of it, with PKCS7 padding (RFC 8216 section 4.3.2.4). */
export class BodyDecipher {
  readonly #decipher;

  constructor(
    key: Buffer,
    vector: Buffer,
    private readonly url: string,
  ) {
    this.#decipher = createDecipheriv('aes-128-cbc', key, vector);
  }

  update(chunk: Buffer): Buffer {
    return this.#decipher.update(chunk);
  }

  /** @throws SourceFault if the body does not end like one that was encrypted with this key */
  final(): Buffer {
    try {
      return this.#decipher.final();
    } catch {
      // OpenSSL only says that the padding is wrong: either the body is cut off, or the key is wrong.
      const message = `${nameOf(this.url)} cannot be deciphered with the key that the playlist gives: it broke off, or the key is the wrong one.`;
      throw new SourceFault({ code: 'segment.not-media', message }, false);
    }
  }
}

/** The initialisation vector of a segment: the key's own, else the sequence number (RFC 8216 section 5.2). */
export function vectorOf({ iv }: SegmentKey, mediaSequence: number): Buffer {
  if (iv !== undefined) return Buffer.from(iv.padStart(VECTOR_BYTES * 2, '0'), 'hex');
  const vector = Buffer.alloc(VECTOR_BYTES);
  vector.writeBigUInt64BE(BigInt(mediaSequence), VECTOR_BYTES - 8);
  return vector;
}

/**
 * Where the key can be fetched.
 * @throws SourceFault for any protection but AES-128 with a freely available key
 */
export function keyAddress({ method, keyFormat, url }: SegmentKey): string {
  if (keyFormat !== 'identity') {
    const system = RIGHTS_MANAGEMENT.get(keyFormat.toLowerCase()) ?? 'digital rights management';
    throw encrypted(`The stream is protected by ${system} (${method}), which StreamVault does not circumvent.`);
  }
  if (method !== 'AES-128') {
    throw encrypted(`The stream is encrypted in a way that cannot be recorded (${method.slice(0, 30)}).`);
  }
  if (url === undefined) throw encrypted('The stream is encrypted, and its playlist does not say where the key is.');
  return url;
}

/** @param what a sentence */
export const encrypted = (what: string): SourceFault =>
  new SourceFault({ code: 'source.encrypted', message: `${what} Choose another source of this broadcast.` }, true);
