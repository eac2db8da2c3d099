import { describe, expect, it } from '@jest/globals';
import { NotATransportStream, TsCutter, type TsSlice } from './ts-cutter.js';

const PMT_PID = 0x1000;
const PICTURE = 0x100;
const SOUND = 0x101;

function packet(pid: number, start: boolean, body: Buffer, key = false): Buffer {
  const bytes = Buffer.alloc(188, 0xff);
  bytes[0] = 0x47;
  bytes.writeUInt16BE(pid | (start ? 0x4000 : 0), 1);
  bytes[3] = 0x30;
  const stuffing = 188 - 5 - body.length;
  bytes[4] = stuffing;
  if (stuffing > 0) bytes[5] = key ? 0x40 : 0;
  body.copy(bytes, 5 + stuffing);
  return bytes;
}

function table(id: number, entries: Buffer): Buffer {
  const bytes = Buffer.concat([
    Buffer.from([0, id, 0xb0, entries.length + 9, 0, 1, 0xc1, 0, 0]),
    entries,
    Buffer.alloc(4),
  ]);
  return bytes;
}

const pat = () => packet(0, true, table(0, Buffer.from([0, 1, 0xe0 | (PMT_PID >> 8), PMT_PID & 0xff])));
const stream = (type: number, pid: number) => [type, 0xe0 | (pid >> 8), pid & 0xff, 0xf0, 0];
const pmt = (...streams: number[][]) =>
  packet(PMT_PID, true, table(2, Buffer.from([0xe1, 0x00, 0xf0, 0, ...streams.flat()])));
const both = pmt(stream(0x1b, PICTURE), stream(0x0f, SOUND));

/** A frame that begins at `seconds`. */
function frame(pid: number, seconds: number, key = false): Buffer {
  const ticks = Math.round(seconds * 90_000) % 2 ** 33;
  const pes = Buffer.alloc(30);
  pes.set([0, 0, 1, 0xe0, 0, 0, 0x80, 0x80, 5]);
  pes[9] = 0x21 | (Math.floor(ticks / 2 ** 30) << 1);
  pes.writeUInt16BE(((Math.floor(ticks / 2 ** 15) % 2 ** 15) << 1) | 1, 10);
  pes.writeUInt16BE(((ticks % 2 ** 15) << 1) | 1, 12);
  return packet(pid, true, pes, key);
}

/** Four frames a second; every second begins with the tables and a key frame. */
function* broadcast(from: number, seconds: number): Generator<Buffer> {
  for (let at = 0; at < seconds * 4; at += 1) {
    const isKey = at % 4 === 0;
    if (isKey) yield* [pat(), both];
    yield frame(PICTURE, from + at / 4, isKey);
    yield frame(SOUND, from + at / 4);
  }
}

function cut(bytes: Buffer, pieces = 1000): { slices: TsSlice[]; joined: Buffer } {
  const cutter = new TsCutter({ sliceSeconds: 2, longestSeconds: 20, mostBytes: 1 << 20 });
  const slices: TsSlice[] = [];
  for (let at = 0; at < bytes.length; at += pieces) slices.push(...cutter.push(bytes.subarray(at, at + pieces)));
  const rest = cutter.finish();
  if (rest) slices.push(rest);
  return { slices, joined: Buffer.concat(slices.flatMap(({ chunks }) => chunks)) };
}

describe('a transport stream', () => {
  it.each([1, 187, 188, 1000, 1 << 20])(
    'is cut before the tables of key frames, and nothing is lost (%d at a time)',
    (pieces) => {
      const bytes = Buffer.concat([...broadcast(1.4, 7)]);
      const { slices, joined } = cut(bytes, pieces);
      expect(joined.equals(bytes)).toBe(true);
      expect(slices.map(({ durationSeconds }) => durationSeconds)).toEqual(
        [2, 2, 2, 1].map((s) => expect.closeTo(s, 3)),
      );
      expect(slices.map(({ startsAtSeconds }) => startsAtSeconds)).toEqual(
        [1.4, 3.4, 5.4, 7.4].map((s) => expect.closeTo(s, 3)),
      );
      for (const { chunks } of slices) expect(Buffer.concat(chunks).readUInt16BE(1) & 0x1fff).toBe(0);
      expect(slices.some(({ jumped }) => jumped)).toBe(false);
    },
  );

  it('goes on where its 33-bit clock wraps around', () => {
    const wrap = 2 ** 33 / 90_000;
    const { slices } = cut(Buffer.concat([...broadcast(wrap - 3, 6)]));
    expect(slices.map(({ durationSeconds }) => durationSeconds)).toEqual([2, 2, 2].map((s) => expect.closeTo(s, 3)));
    expect(slices.some(({ jumped }) => jumped)).toBe(false);
  });

  it('is cut where its time jumps, and no slice is as long as the jump', () => {
    const { slices } = cut(Buffer.concat([...broadcast(0, 3), ...broadcast(1000, 3)]));
    expect(slices.map(({ jumped }) => jumped)).toEqual([false, false, true, false]);
    for (const { durationSeconds } of slices) expect(durationSeconds).toBeLessThanOrEqual(2.01);
  });

  it('with audio only is cut anywhere', () => {
    const sound = [pat(), pmt(stream(0x0f, SOUND)), ...Array.from({ length: 50 }, (_, at) => frame(SOUND, at / 10))];
    const { slices } = cut(Buffer.concat(sound));
    expect(slices.map(({ durationSeconds }) => durationSeconds)).toEqual([2, 2, 1].map((s) => expect.closeTo(s, 3)));
  });

  it('without another key frame is still cut', () => {
    const frames = Array.from({ length: 200 }, (_, at) => frame(PICTURE, at / 4, at === 0));
    const { slices } = cut(Buffer.concat([pat(), both, ...frames]));
    expect(slices.map(({ durationSeconds }) => durationSeconds)).toEqual([20, 20, 10].map((s) => expect.closeTo(s, 3)));
  });

  it('is refused if it is not one, or never says what it contains', () => {
    expect(() => cut(Buffer.alloc(2000, 1))).toThrow(NotATransportStream);
    expect(() => cut(Buffer.concat(Array.from({ length: 12_000 }, () => frame(PICTURE, 1))), 1 << 16)).toThrow(
      NotATransportStream,
    );
  });

  it('leaves out a packet that is incomplete at the end', () => {
    const bytes = Buffer.concat([...broadcast(0, 1)]);
    expect(cut(Buffer.concat([bytes, bytes.subarray(0, 100)])).joined.equals(bytes)).toBe(true);
  });
});

describe('the tables', () => {
  /** Private data, with a descriptor that names the coding or one that does not. */
  const privateData = (pid: number, tag: number) => {
    const descriptor = [tag, 4, ...Buffer.from('Opus')];
    return [...stream(0x06, pid).slice(0, 4), descriptor.length, ...descriptor];
  };

  it.each([
    ['picture and sound', [stream(0x1b, PICTURE), stream(0x0f, SOUND)], false, true],
    ['sound by name (Opus)', [stream(0x1b, PICTURE), privateData(SOUND, 0x05)], false, true],
    ['sound that has only a language', [stream(0x1b, PICTURE), privateData(SOUND, 0x0a)], true, true],
    ['sound without a word (G.711)', [stream(0x1b, PICTURE), stream(0x06, SOUND)], true, true],
    ['a picture without a word (motion JPEG)', [stream(0x06, PICTURE), stream(0x0f, SOUND)], true, false],
  ])('tell whether %s can be read again', (_, streams, hasUnnamed, hasPicture) => {
    const cutter = new TsCutter();
    cutter.push(Buffer.concat([pat(), pmt(...streams)]));
    expect(cutter.tables).toMatchObject({ hasUnnamed, hasPicture });
  });
});
