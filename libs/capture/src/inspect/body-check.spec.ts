import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { FragmentCheck, TsCheck, type BodyCheck } from './body-check.js';

const packets = (count: number): Buffer => {
  const bytes = Buffer.alloc(count * 188, 1);
  for (let at = 0; at < bytes.length; at += 188) bytes[at] = 0x47;
  return bytes;
};

function box(type: string, size: number, long = false): Buffer {
  const bytes = Buffer.alloc(size, 7);
  bytes.writeUInt32BE(long ? 1 : size, 0);
  bytes.write(type, 4, 'latin1');
  if (long) bytes.writeBigUInt64BE(BigInt(size), 8);
  return bytes;
}

const fragment = Buffer.concat([box('styp', 24), box('moof', 100), box('mdat', 5000, true)]);

/** Feeds the bytes in pieces that end at the given places. */
function judge(check: BodyCheck, bytes: Buffer, cuts: readonly number[] = []): string | undefined {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length];
  let from = 0;
  for (const end of ends) {
    const problem = check.push(bytes.subarray(from, end));
    if (problem !== undefined) return problem;
    from = end;
  }
  return check.finish();
}

describe.each([
  ['a transport stream', () => new TsCheck(), packets(40)],
  ['a fragment', () => new FragmentCheck(), fragment],
] as const)('%s', (_, make, whole) => {
  it('is accepted, whatever pieces it comes in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        expect(judge(make(), whole, cuts)).toBeUndefined();
      }),
    );
  });

  it('is incomplete if it ends anywhere but between two units', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), fc.array(fc.nat()), (length, cuts) => {
        const atUnit = whole === fragment ? length === 24 || length === 124 : length % 188 === 0 && length > 0;
        const problem = judge(make(), whole.subarray(0, length), cuts);
        if (whole !== fragment && atUnit) expect(problem).toBeUndefined();
        else expect(problem).toBeDefined();
      }),
    );
  });

  it.each([
    ['<!doctype html><p>', 'a web page'],
    ['{"error": 1}    ', 'JSON'],
    ['ID3\u0004\u0000aaaaaaaaaaaaa', 'bare audio'],
    ['WEBVTT\n\n00:00.000', 'subtitles'],
  ])('is not %j, which is %s', (text, words) => {
    expect(judge(make(), Buffer.from(text, 'latin1'))).toContain(words);
  });
});

it('finds the packet that is out of place', () => {
  const bytes = packets(10);
  bytes[188 * 4] = 0;
  expect(judge(new TsCheck(), bytes, [300, 700])).toContain('at byte 752');
});

it('requires media in a fragment', () => {
  expect(judge(new FragmentCheck(), Buffer.concat([box('styp', 24), box('sidx', 40)]))).toContain('no media fragment');
});
