import { createCipheriv, createHash } from 'node:crypto';
import type { BroadcastKey, PublishedSegment } from './published.js';

/** How a broadcast is encrypted: AES-128, with another key after a number of segments. */
export interface KeyRotation {
  readonly every: number;
  /** Whether the initialisation vector is in the playlist; else it is the segment's sequence number. */
  readonly vector: 'given' | 'by number';
}

export function keyFor({ every, vector }: KeyRotation, index: number): BroadcastKey {
  return { number: Math.floor(index / every), ...(vector === 'given' && { iv: digest(`vector ${index}`) }) };
}

/** The sixteen bytes of a key. */
export const keyBytes = (number: number): Buffer => digest(`key ${number}`);

/** A segment's body as it is served (RFC 8216 section 4.3.2.4 and 5.2). */
export function encrypt(body: Buffer, { key, mediaSequence }: PublishedSegment): Buffer {
  if (key === undefined) return body;
  const byNumber = Buffer.alloc(16);
  byNumber.writeUInt32BE(mediaSequence, 12);
  const cipher = createCipheriv('aes-128-cbc', keyBytes(key.number), key.iv ?? byNumber);
  return Buffer.concat([cipher.update(body), cipher.final()]);
}

const digest = (text: string): Buffer => createHash('md5').update(text).digest();
