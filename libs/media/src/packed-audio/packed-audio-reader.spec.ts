import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { readFrameHeader } from './frame-header.js';
import { firstFrame, PackedAudioReader, timestampIn, type PackedUnit } from './packed-audio-reader.js';

/** An ADTS frame of AAC-LC, 44.1 kHz, stereo, with the given number of content bytes. */
function adts(content: number, fill = 0xff): Buffer {
  const length = content + 7;
  const header = [0xff, 0xf1, 0x50, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(content, fill)]);
}

function id3(content: Buffer, flags = 0): Buffer {
  const size = content.length;
  const header = Buffer.from([0x49, 0x44, 0x33, 4, 0, flags, 0, size >> 14, (size >> 7) & 127, size & 127]);
  return Buffer.concat([header, content, Buffer.alloc((flags & 0x10) === 0 ? 0 : 10)]);
}

const OLD_TAG = Buffer.concat([Buffer.from('TAGsome song'), Buffer.alloc(116)]);

const stamp = (ticks: bigint): Buffer => {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(ticks);
  const owner = Buffer.from('com.apple.streaming.transportStreamTimestamp\0', 'latin1');
  return id3(Buffer.concat([Buffer.from('PRIV\0\0\0\x35\0\0', 'latin1'), owner, value]));
};

function read(bytes: Buffer, cuts: readonly number[] = []): { units: PackedUnit[]; pending: number } {
  const reader = new PackedAudioReader();
  const units: PackedUnit[] = [];
  let from = 0;
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    units.push(...reader.push(bytes.subarray(from, end)));
    from = end;
  }
  return { units, pending: reader.pendingBytes };
}

const shape = (units: readonly PackedUnit[]) =>
  units.map((unit) => [unit.kind, unit.kind === 'junk' ? 1 : unit.bytes.length]);

describe('PackedAudioReader', () => {
  // Content that looks like the start of other frames and tags.
  const whole = Buffer.concat([
    stamp(1n),
    adts(300),
    adts(1),
    id3(Buffer.from('ID3ID3'), 0x10),
    adts(2000, 0x49),
    OLD_TAG,
  ]);
  const expected = [
    ['tag', 73],
    ['frame', 307],
    ['frame', 8],
    ['tag', 26],
    ['frame', 2007],
    ['tag', 128],
  ];

  it('separates frames and tags, whatever chunks their bytes come in', () => {
    fc.assert(
      fc.property(fc.array(fc.nat()), (cuts) => {
        const { units, pending } = read(whole, cuts);
        expect(shape(units)).toEqual(expected);
        expect(pending).toBe(0);
        expect(Buffer.concat(units.map((unit) => (unit.kind === 'junk' ? Buffer.alloc(1) : unit.bytes)))).toEqual(
          whole,
        );
      }),
    );
  });

  it('keeps an incomplete unit', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: whole.length - 1 }), (length) => {
        const { units, pending } = read(whole.subarray(0, length));
        const taken = shape(units).reduce((sum, [, bytes]) => sum + Number(bytes), 0);
        expect(taken + pending).toBe(length);
        expect(shape(units)).toEqual(expected.slice(0, units.length));
      }),
    );
  });

  it('reports a place where neither begins, and finds the next frame', () => {
    const { units } = read(Buffer.concat([adts(50), Buffer.from([1, 2, 3]), adts(50)]));
    expect(units.map((unit) => (unit.kind === 'junk' ? unit.at : unit.kind))).toEqual(['frame', 57, 58, 59, 'frame']);
  });

  it('does not wait for a tag of an impossible size', () => {
    const { units } = read(Buffer.from('ID3\u0004\u0000\u0000\u007f\u007f\u007f\u007fabc', 'latin1'));
    expect(units[0]).toEqual({ kind: 'junk', at: 0 });
  });

  it('survives garbage', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 3000 }), fc.array(fc.nat()), (bytes, cuts) => {
        const whole = read(Buffer.from(bytes));
        expect(shape(read(Buffer.from(bytes), cuts).units)).toEqual(shape(whole.units));
      }),
    );
  });
});

describe('timestampIn', () => {
  it('reads 33 bits, and returns nothing if there are none', () => {
    expect(timestampIn(stamp(0x1_ffff_ffffn))).toBe(2 ** 33 - 1);
    expect(timestampIn(stamp(2n ** 33n + 5n))).toBe(5);
    expect(timestampIn(id3(Buffer.from('TIT2 something else')))).toBeUndefined();
    expect(timestampIn(stamp(1n).subarray(0, -1))).toBeUndefined();
  });
});

describe('firstFrame', () => {
  it('is the one after the tags', () => {
    expect(firstFrame(Buffer.concat([stamp(1n), id3(Buffer.alloc(20)), adts(100)]))?.coding).toBe('aac.2:44100:2');
    expect(firstFrame(stamp(1n))).toBeUndefined();
    expect(firstFrame(Buffer.alloc(0))).toBeUndefined();
    expect(firstFrame(Buffer.from('<html>....................'))).toBeUndefined();
  });
});

describe('readFrameHeader', () => {
  it.each([
    ['a transport stream', '474011100042f025'],
    ['an unknown rate of AAC', 'fff174800cbffc00'],
    ['an AAC frame without content', 'fff1508000fffc00'],
    ['MPEG of no version', 'ffebb00000000000'],
    ['MPEG layer I', 'ffffb00000000000'],
    ['MP3 of free format', 'fffb000000000000'],
    ['MP3 of a forbidden rate', 'fffbfc0000000000'],
    ['AC-3 of a forbidden size', '0b770000f8400000'],
    ['AC-3 of a forbidden rate', '0b770000c0400000'],
    ['Dolby of another kind', '0b77000000f80000'],
  ])('is not misled by %s', (_, hex) => {
    expect(readFrameHeader(Buffer.from(hex, 'hex'))).toBeUndefined();
  });
});
