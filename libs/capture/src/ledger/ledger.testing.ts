import type { SegmentFacts } from './ledger-writer.js';
import type { LedgerEntry, SegmentEntry } from './entries.js';
import { Ledger } from './ledger.js';

/** The instant at which every test broadcast begins. */
export const BROADCAST_START = Date.parse('2026-03-01T12:00:00.000Z');

export const instant = (seconds: number): string => new Date(BROADCAST_START + seconds * 1000).toISOString();

/** Facts of the n-th segment of a broadcast with segments of two seconds. */
export function segmentFacts(mediaSequence: number, more: Partial<SegmentFacts> = {}): SegmentFacts {
  return {
    mediaSequence,
    discontinuitySequence: 0,
    durationSeconds: 2,
    programDateTime: instant(mediaSequence * 2),
    estimated: false,
    receivedAt: instant(mediaSequence * 2 + 3),
    discontinuity: false,
    ad: false,
    identity: `/seg-${mediaSequence}.ts`,
    ...more,
  };
}

/** A ledger built entry by entry, for tests that need no files. */
export class LedgerBuilder {
  readonly entries: LedgerEntry[] = [];
  #part = 0;
  #bytes = 0;

  part(
    more: {
      container?: 'ts' | 'mp4';
      signature?: string;
      reason?: 'start' | 'restart' | 'discontinuity';
      initSha256?: string;
    } = {},
  ): this {
    const { container = 'ts', signature = 'h264:320x180', reason = 'start', initSha256 = 'aa' } = more;
    this.#part += 1;
    this.#bytes = 0;
    const file = `part-000${this.#part}.${container}`;
    this.entries.push({
      type: 'partOpened',
      number: this.#part,
      file,
      container,
      reason,
      signature,
      targetDurationSeconds: 2,
      at: instant(0),
    });
    if (container === 'mp4') {
      this.entries.push({ type: 'init', part: this.#part, offset: 0, length: 700, sha256: initSha256 });
      this.#bytes = 700;
    }
    return this;
  }

  segment(mediaSequence: number, more: Partial<SegmentEntry> = {}): this {
    const entry: SegmentEntry = {
      type: 'segment',
      ...segmentFacts(mediaSequence),
      part: this.#part,
      offset: this.#bytes,
      length: 1880,
      crc32: 0,
      synced: 0,
      ...more,
    };
    this.entries.push(entry);
    this.#bytes = entry.offset + entry.length;
    return this;
  }

  gap(from: number, to: number): this {
    const cause = { code: 'segment.http-404', message: 'gone' };
    this.entries.push({ type: 'gap', from: instant(from), to: instant(to), seconds: to - from, cause });
    return this;
  }

  entry(entry: LedgerEntry): this {
    this.entries.push(entry);
    return this;
  }

  build(): Ledger {
    const ledger = new Ledger({ type: 'ledger', version: 1, recordingId: 7, createdAt: instant(0) });
    for (const entry of this.entries) {
      if (!ledger.apply(entry)) throw new Error(`Inconsistent test ledger at ${JSON.stringify(entry)}`);
    }
    return ledger;
  }
}
