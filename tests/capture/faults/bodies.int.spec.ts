import { describe, expect, it } from '@jest/globals';
import type { SegmentFault } from '../../live-origin/live-origin.js';
import { playOut, type FaultCase } from './fault-case.js';

interface BodyFault {
  readonly what: string;
  readonly fault: SegmentFault;
  /** The cause of the gap if it never gets better. */
  readonly cause: string;
  /** Default: transport streams and fragments. */
  readonly of?: readonly ('ts' | 'fmp4')[];
}

const FAULTS: readonly BodyFault[] = [
  { what: 'refused with 500', fault: { kind: 'status', status: 500 }, cause: 'source.server-error', of: ['ts'] },
  { what: 'refused with 403', fault: { kind: 'status', status: 403 }, cause: 'source.forbidden', of: ['ts'] },
  { what: 'refused with 404', fault: { kind: 'status', status: 404 }, cause: 'source.not-found', of: ['ts'] },
  { what: 'refused with 429', fault: { kind: 'status', status: 429 }, cause: 'source.rate-limited', of: ['ts'] },
  { what: 'met with a reset connection', fault: { kind: 'reset' }, cause: 'source.connection-lost', of: ['ts'] },
  { what: 'broken off half-way', fault: { kind: 'truncated' }, cause: 'source.connection-lost' },
  { what: 'stalled half-way', fault: { kind: 'stalled' }, cause: 'source.timeout' },
  { what: 'dripping', fault: { kind: 'dripping' }, cause: 'source.timeout', of: ['ts'] },
  { what: 'announced longer than it is', fault: { kind: 'announcesMore' }, cause: 'source.connection-lost' },
  { what: 'announced shorter than it is', fault: { kind: 'announcesLess' }, cause: 'segment.not-media' },
  { what: 'cut off without an announced length', fault: { kind: 'unannounced' }, cause: 'segment.not-media' },
  { what: 'a web page', fault: { kind: 'html' }, cause: 'segment.not-media' },
  { what: 'empty', fault: { kind: 'empty' }, cause: 'segment.not-media' },
];

const ONCE = [6, 8];
const FOR_GOOD = { from: 10, count: 2 };

const CASES = FAULTS.flatMap(({ what, fault, cause, of = ['ts', 'fmp4'] }) =>
  of.map((container): FaultCase => ({
    name: `a segment of ${container} that is ${what}`,
    origin: { container },
    lost: [{ ...FOR_GOOD, cause }],
    async play(stage) {
      for (const index of ONCE) stage.origin.faults.segments(fault, [index], 1);
      stage.origin.faults.segments(fault, [FOR_GOOD.from, FOR_GOOD.from + 1]);
      await stage.broadcast(8);
      for (const index of ONCE) {
        const asked = stage.origin.requests.filter((path) => path.includes(`/0000${index}.`));
        expect(asked.length).toBeGreaterThan(1);
      }
    },
  })),
);

describe('a recording', () => {
  it.each(CASES)('retries for $name, and if that does not help, has a gap there and all the rest', playOut);
});
