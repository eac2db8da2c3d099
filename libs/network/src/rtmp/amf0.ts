/** A value of AMF0 (Action Message Format, 2007), as far as RTMP's commands use it. Objects keep the order of what is in them. */
export type AmfValue = number | boolean | string | null | undefined | readonly AmfValue[] | AmfObject;

export interface AmfObject {
  readonly entries: readonly (readonly [name: string, value: AmfValue])[];
}

export class AmfError extends Error {
  override readonly name = 'AmfError';
}

const DEEPEST = 16;
const [NUMBER, BOOLEAN, STRING, OBJECT, NULL, UNDEFINED, ECMA_ARRAY, END, STRICT_ARRAY, DATE, LONG_STRING] = [
  0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12,
] as const;

/** The values that stand one behind the other. @throws AmfError for what cannot be read */
export function decodeAmf(bytes: Buffer): readonly AmfValue[] {
  const reader = new AmfReader(bytes);
  const values: AmfValue[] = [];
  while (!reader.atEnd) values.push(reader.value(0));
  return values;
}

class AmfReader {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get atEnd(): boolean {
    return this.#at >= this.bytes.length;
  }

  value(depth: number): AmfValue {
    if (depth > DEEPEST) throw new AmfError('It is nested too deeply.');
    const marker = this.#take(1).readUInt8();
    switch (marker) {
      case NUMBER:
        return this.#take(8).readDoubleBE();
      case BOOLEAN:
        return this.#take(1).readUInt8() !== 0;
      case STRING:
        return this.#text(this.#take(2).readUInt16BE());
      case LONG_STRING:
        return this.#text(this.#take(4).readUInt32BE());
      case NULL:
        return null;
      case UNDEFINED:
        return undefined;
      case OBJECT:
        return this.#object(depth);
      case ECMA_ARRAY:
        this.#take(4);
        return this.#object(depth);
      case STRICT_ARRAY: {
        const count = this.#take(4).readUInt32BE();
        const values: AmfValue[] = [];
        for (let index = 0; index < count; index += 1) values.push(this.value(depth + 1));
        return values;
      }
      case DATE:
        return this.#take(10).readDoubleBE();
      default:
        throw new AmfError(`It has a value of the kind ${marker}.`);
    }
  }

  #object(depth: number): AmfObject {
    const entries: [string, AmfValue][] = [];
    for (;;) {
      const name = this.#text(this.#take(2).readUInt16BE());
      if (name === '' && this.bytes[this.#at] === END) {
        this.#at += 1;
        return { entries };
      }
      entries.push([name, this.value(depth + 1)]);
    }
  }

  #text(length: number): string {
    return this.#take(length).toString('utf8');
  }

  #take(length: number): Buffer {
    const end = this.#at + length;
    if (end > this.bytes.length) throw new AmfError('It ends in the middle of a value.');
    const taken = this.bytes.subarray(this.#at, end);
    this.#at = end;
    return taken;
  }
}

export const encodeAmf = (values: readonly AmfValue[]): Buffer => Buffer.concat(values.map((value) => encode(value)));

function encode(value: AmfValue): Buffer {
  if (value === null) return Buffer.of(NULL);
  if (value === undefined) return Buffer.of(UNDEFINED);
  if (typeof value === 'boolean') return Buffer.of(BOOLEAN, value ? 1 : 0);
  if (typeof value === 'number') {
    const bytes = Buffer.alloc(9);
    bytes.writeDoubleBE(value, 1);
    return bytes;
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    const head = Buffer.alloc(text.length > 0xffff ? 5 : 3);
    head.writeUInt8(text.length > 0xffff ? LONG_STRING : STRING);
    if (text.length > 0xffff) head.writeUInt32BE(text.length, 1);
    else head.writeUInt16BE(text.length, 1);
    return Buffer.concat([head, text]);
  }
  if ('entries' in value && !Array.isArray(value)) {
    const entries = (value as AmfObject).entries.flatMap(([name, each]) => [nameBytes(name), encode(each)]);
    return Buffer.concat([Buffer.of(OBJECT), ...entries, Buffer.of(0, 0, END)]);
  }
  const items = value as readonly AmfValue[];
  const head = Buffer.alloc(5);
  head.writeUInt8(STRICT_ARRAY);
  head.writeUInt32BE(items.length, 1);
  return Buffer.concat([head, ...items.map((item) => encode(item))]);
}

function nameBytes(name: string): Buffer {
  const text = Buffer.from(name);
  const length = Buffer.alloc(2);
  length.writeUInt16BE(text.length);
  return Buffer.concat([length, text]);
}

export const isAmfObject = (value: AmfValue): value is AmfObject =>
  typeof value === 'object' && value !== null && 'entries' in value && !Array.isArray(value);

/** The first text of that name, however deep. */
export function findText(values: readonly AmfValue[], name: string): string | undefined {
  for (const value of values) {
    if (!isAmfObject(value)) continue;
    for (const [key, inner] of value.entries) {
      if (key === name && typeof inner === 'string') return inner;
      const found = findText([inner], name);
      if (found !== undefined) return found;
    }
  }
  return undefined;
}
