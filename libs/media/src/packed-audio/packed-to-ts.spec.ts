import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { packedToTs, type PackedClock } from './packed-to-ts.js';

const TICKS_PER_FRAME = (1024 * 90_000) / 48_000;
const WRAP = 2 ** 33;

/** An ADTS frame of AAC-LC, 48 kHz, stereo: 1920 ticks. */
function frame(content: number, fill: number): Buffer {
  const length = content + 7;
  const header = [0xff, 0xf1, 0x4c, 0x80 | (length >> 11), (length >> 3) & 0xff, ((length & 7) << 5) | 0x1f, 0xfc];
  return Buffer.concat([Buffer.from(header), Buffer.alloc(content, fill)]);
}

/** An E-AC-3 frame of 1536 samples at 48 kHz, 2880 ticks; of a dependent substream, or the independent one. */
function eac3(dependent: boolean, fill: number): Buffer {
  const head = Buffer.from([0x0b, 0x77, dependent ? 0x40 : 0, 31, 0x34, 0x80]);
  return Buffer.concat([head, Buffer.alloc(58, fill)]);
}

function stamp(ticks: number): Buffer {
  const value = Buffer.alloc(8);
  value.writeBigUInt64BE(BigInt(ticks));
  const owner = Buffer.from('com.apple.streaming.transportStreamTimestamp\0', 'latin1');
  const content = Buffer.concat([Buffer.from('PRIV\0\0\0\x35\0\0', 'latin1'), owner, value]);
  return Buffer.concat([Buffer.from([0x49, 0x44, 0x33, 4, 0, 0, 0, 0, 0, content.length]), content]);
}

async function* inPieces(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Buffer> {
  let from = 0;
  for (const end of [...cuts.map((cut) => cut % (bytes.length + 1)).toSorted((a, b) => a - b), bytes.length]) {
    yield bytes.subarray(from, end);
    from = end;
  }
}

interface Sound {
  readonly ticks: number;
  readonly bytes: Buffer;
}

/** The packets of the audio, parsed again by the standard's own rules. */
async function soundsIn(packed: Buffer, clock: PackedClock, cuts: readonly number[] = []): Promise<Sound[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of packedToTs(inPieces(packed, cuts), clock)) chunks.push(chunk);
  const stream = Buffer.concat(chunks);
  expect(stream.length % 188).toBe(0);
  const payloads: Buffer[][] = [];
  let count: number | undefined;
  for (let at = 0; at < stream.length; at += 188) {
    const packet = stream.subarray(at, at + 188);
    expect(packet[0]).toBe(0x47);
    if ((packet.readUInt16BE(1) & 0x1fff) !== 0x100) continue;
    const counted = packet[3]! & 15;
    if (count !== undefined) expect(counted).toBe((count + 1) % 16);
    count = counted;
    const payload = packet.subarray((packet[3]! & 0x20) === 0 ? 4 : 5 + packet[4]!);
    if ((packet[1]! & 0x40) !== 0) payloads.push([payload]);
    else payloads.at(-1)!.push(payload);
  }
  return payloads.map((pieces) => {
    const pes = Buffer.concat(pieces);
    expect(pes.readUInt16BE(4)).toBe(pes.length - 6);
    const ticks = ((pes[9]! >> 1) & 7) * 2 ** 30 + (pes.readUInt16BE(10) >> 1) * 2 ** 15 + (pes.readUInt16BE(12) >> 1);
    return { ticks, bytes: pes.subarray(14) };
  });
}

const times = async (packed: readonly Buffer[], clock: PackedClock): Promise<number[]> =>
  (await soundsIn(Buffer.concat(packed), clock)).map(({ ticks }) => ticks);

describe('packedToTs', () => {
  it('keeps every byte of every frame, of any size and in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 8000 }), { maxLength: 12 }),
        fc.array(fc.nat()),
        async (sizes, cuts) => {
          const frames = sizes.map((size, index) => frame(size, index));
          const sounds = await soundsIn(Buffer.concat([stamp(7), ...frames]), 'stamped', cuts);
          expect(sounds.map(({ bytes }) => bytes.toString('hex'))).toEqual(
            frames.map((bytes) => bytes.toString('hex')),
          );
        },
      ),
    );
  });

  it('counts from zero, whatever the timestamps say, or follows them', async () => {
    const packed = [stamp(9000), frame(9, 1), frame(9, 1), stamp(500_000), frame(9, 1)];
    expect(await times(packed, 'counted')).toEqual([0, TICKS_PER_FRAME, 2 * TICKS_PER_FRAME]);
    expect(await times(packed, 'stamped')).toEqual([9000, 9000 + TICKS_PER_FRAME, 500_000]);
  });

  it('goes on where the timestamps wrap around', async () => {
    const start = WRAP - 1000;
    const packed = [stamp(start), frame(9, 1), stamp(TICKS_PER_FRAME - 1000), frame(9, 1), frame(9, 1)];
    expect(await times(packed, 'stamped')).toEqual([start, 920, 2840]);
  });

  it('does not let time run backwards, and needs at most one timestamp', async () => {
    const wrong = [stamp(0), frame(9, 1), stamp(0), frame(9, 1), stamp(0), frame(9, 1)];
    expect(await times(wrong, 'stamped')).toEqual([0, 1920, 3840]);
    expect(await times([stamp(90), frame(9, 1), frame(9, 1)], 'stamped')).toEqual([90, 2010]);
    expect(await times([frame(9, 1), frame(9, 1)], 'stamped')).toEqual([0, 1920]);
  });

  it('follows timestamps that are a little early or late', async () => {
    const packed = [stamp(0), frame(9, 1), stamp(1900), frame(9, 1), stamp(3900), frame(9, 1)];
    expect(await times(packed, 'stamped')).toEqual([0, 1900, 3900]);
  });

  it('keeps frames together that only add channels', async () => {
    const packed = Buffer.concat([eac3(false, 1), eac3(true, 2), eac3(false, 3)]);
    const sounds = await soundsIn(packed, 'counted');
    expect(sounds.map(({ ticks, bytes }) => [ticks, bytes.length])).toEqual([
      [0, 128],
      [2880, 64],
    ]);
  });

  it('makes nothing from nothing', async () => {
    expect(await soundsIn(Buffer.alloc(0), 'counted')).toEqual([]);
    expect(await soundsIn(Buffer.concat([stamp(1), frame(90, 1).subarray(0, 40)]), 'counted')).toEqual([]);
  });
});
