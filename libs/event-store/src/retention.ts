import { InvalidStreamMetadata } from './errors.js';
import type { StreamMetadata } from './port.js';

/** Stream metadata as adapters store it. */
export interface Retention {
  readonly maxAgeSeconds: number | null;
  readonly maxCount: number | null;
  /** A revision. */
  readonly truncateBefore: number | null;
}

export const KEEP_EVERYTHING: Retention = { maxAgeSeconds: null, maxCount: null, truncateBefore: null };

/** @throws InvalidStreamMetadata */
export function retentionFrom(metadata: StreamMetadata): Retention {
  const { maxAge, maxCount, truncateBefore } = metadata;
  for (const [name, value] of Object.entries({ maxAge, maxCount })) {
    if (value !== undefined && (!Number.isSafeInteger(value) || value < 1)) {
      throw new InvalidStreamMetadata(`${name} must be a whole number from 1; leave it out for no limit.`);
    }
  }
  if (truncateBefore !== undefined && (typeof truncateBefore !== 'bigint' || truncateBefore < 0n)) {
    throw new InvalidStreamMetadata('truncateBefore must be a revision: a bigint from 0n.');
  }
  return {
    maxAgeSeconds: maxAge ?? null,
    maxCount: maxCount ?? null,
    truncateBefore: truncateBefore === undefined ? null : clampToSafe(truncateBefore),
  };
}

export function metadataOf({ maxAgeSeconds, maxCount, truncateBefore }: Retention): StreamMetadata {
  return {
    ...(maxAgeSeconds !== null && { maxAge: maxAgeSeconds }),
    ...(maxCount !== null && { maxCount }),
    ...(truncateBefore !== null && { truncateBefore: BigInt(truncateBefore) }),
  };
}

/** The first revision that a stream read may show. */
export function firstVisibleRevision(retention: Retention, head: number): number {
  const byCount = retention.maxCount === null ? 0 : head - retention.maxCount + 1;
  return Math.max(0, byCount, retention.truncateBefore ?? 0);
}

/** Events recorded before this instant (milliseconds since 1970) are hidden from stream reads. */
export function oldestVisibleInstant(retention: Retention, now: number): number {
  return retention.maxAgeSeconds === null ? Number.MIN_SAFE_INTEGER : now - retention.maxAgeSeconds * 1000;
}

/**
 * Revisions and positions count events, so no real one is greater than 2^53. A greater value means "past every end".
 */
export function clampToSafe(value: bigint): number {
  if (value > BigInt(Number.MAX_SAFE_INTEGER)) return Number.MAX_SAFE_INTEGER;
  return value < 0n ? -1 : Number(value);
}
