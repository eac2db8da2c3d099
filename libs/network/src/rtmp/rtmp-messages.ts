/** A message of RTMP (Adobe's RTMP specification 1.0, section 5.3), put together again from its chunks. */
export interface RtmpMessage {
  readonly chunkStream: number;
  readonly timestamp: number;
  readonly type: number;
  readonly stream: number;
  readonly payload: Buffer;
}

export class RtmpError extends Error {
  override readonly name = 'RtmpError';
}

export const SET_CHUNK_SIZE = 1;
export const COMMAND_AMF0 = 20;
export const DEFAULT_CHUNK_BYTES = 128;

const HEADER_BYTES = [11, 7, 3, 0] as const;
const EXTENDED = 0xff_ff_ff;

interface ChunkStream {
  timestamp: number;
  delta: number;
  length: number;
  type: number;
  stream: number;
  extended: boolean;
  chunks: Buffer[];
  bytes: number;
}

/** Puts messages together, whatever pieces the bytes come in. Longer ones than `mostBytes`, and more than 64 streams of chunks, are refused. */
export class RtmpMessages {
  #rest: Buffer = Buffer.alloc(0);
  #chunkBytes = DEFAULT_CHUNK_BYTES;
  readonly #streams = new Map<number, ChunkStream>();

  constructor(private readonly mostBytes: number) {}

  /** @returns the messages that became whole. @throws RtmpError */
  push(bytes: Buffer): readonly RtmpMessage[] {
    this.#rest = this.#rest.length === 0 ? bytes : Buffer.concat([this.#rest, bytes]);
    const messages: RtmpMessage[] = [];
    for (;;) {
      const chunk = this.#chunk();
      if (chunk === undefined) return messages;
      if (chunk === 'more') continue;
      if (chunk.type === SET_CHUNK_SIZE && chunk.payload.length >= 4) this.#setChunkBytes(chunk.payload.readUInt32BE());
      messages.push(chunk);
    }
  }

  #setChunkBytes(bytes: number): void {
    if (bytes < 1 || bytes > EXTENDED) throw new RtmpError('It sets a size of chunks that none can have.');
    this.#chunkBytes = bytes;
  }

  /** Takes one chunk off the front: undefined where it is not there as a whole, `more` where its message is not. */
  #chunk(): RtmpMessage | 'more' | undefined {
    const bytes = this.#rest;
    const [first, second = 0, third = 0] = bytes;
    if (first === undefined) return undefined;
    const format = first >> 6;
    const low = first & 0x3f;
    const basicBytes = low === 0 ? 2 : low === 1 ? 3 : 1;
    const chunkStream = low === 0 ? second + 64 : low === 1 ? third * 256 + second + 64 : low;
    const headerEnd = basicBytes + (HEADER_BYTES[format as 0 | 1 | 2 | 3] ?? 0);
    if (bytes.length < headerEnd) return undefined;
    const before = this.#streams.get(chunkStream);
    if (before === undefined && format !== 0) throw new RtmpError('It goes on with what never began.');
    if (before === undefined && this.#streams.size >= 64) throw new RtmpError('It has too many streams of chunks.');
    const state: ChunkStream = before ?? {
      timestamp: 0,
      delta: 0,
      length: 0,
      type: 0,
      stream: 0,
      extended: false,
      chunks: [],
      bytes: 0,
    };
    const short = format === 3 ? 0 : bytes.readUIntBE(basicBytes, 3);
    const extended = format === 3 ? state.extended : short === EXTENDED;
    const bodyAt = headerEnd + (extended ? 4 : 0);
    const length = format <= 1 ? bytes.readUIntBE(basicBytes + 3, 3) : state.length;
    if (length > this.mostBytes) throw new RtmpError('It has a message that is longer than any could be.');
    const size = Math.min(this.#chunkBytes, length - state.bytes);
    if (bytes.length < bodyAt + size) return undefined;
    const time = extended ? bytes.readUInt32BE(headerEnd) : short;
    if (format === 0) state.timestamp = time;
    else if (format !== 3) state.delta = time;
    if (format !== 0 && state.bytes === 0) state.timestamp = (state.timestamp + state.delta) >>> 0;
    if (format <= 1) state.type = bytes.readUInt8(basicBytes + 6);
    if (format === 0) state.stream = bytes.readUInt32LE(basicBytes + 7);
    state.length = length;
    state.extended = extended;
    state.chunks.push(bytes.subarray(bodyAt, bodyAt + size));
    state.bytes += size;
    this.#streams.set(chunkStream, state);
    this.#rest = bytes.subarray(bodyAt + size);
    if (state.bytes < state.length) return 'more';
    const { timestamp, type, stream, chunks } = state;
    state.chunks = [];
    state.bytes = 0;
    return { chunkStream, timestamp, type, stream, payload: Buffer.concat(chunks) };
  }
}

/** A message in chunks, each told in full so that it refers to none before it. */
export function chunked({ chunkStream, timestamp, type, stream, payload }: RtmpMessage, chunkBytes: number): Buffer {
  if (chunkStream < 2 || chunkStream > 63) throw new RtmpError('It uses a stream of chunks that no command needs.');
  const extended = timestamp >= EXTENDED;
  const time = Buffer.alloc(extended ? 4 : 0);
  if (extended) time.writeUInt32BE(timestamp);
  const head = Buffer.alloc(12);
  head.writeUInt8(chunkStream);
  head.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3);
  head.writeUIntBE(payload.length, 4, 3);
  head.writeUInt8(type, 7);
  head.writeUInt32LE(stream, 8);
  const parts: Buffer[] = [head, time, payload.subarray(0, chunkBytes)];
  for (let at = chunkBytes; at < payload.length; at += chunkBytes)
    parts.push(Buffer.of(0xc0 | chunkStream), time, payload.subarray(at, at + chunkBytes));
  return Buffer.concat(parts);
}
