import type { PackedAudio } from './frame-header.js';
import { PackedAudioReader, timestampIn, type PackedUnit } from './packed-audio-reader.js';
import { TsAudioWriter } from './ts-audio-writer.js';

const TICKS_PER_SECOND = 90_000;
const WRAP = 2 ** 33;

/**
 * `counted`: from zero on, frame by frame, for sound without a gap. `stamped`: by the timestamps between the frames, so that a gap
 * stays one and it fits the picture it belongs to; frames without a stamp go on from those before.
 */
export type PackedClock = 'counted' | 'stamped';

/**
 * Packed audio as a transport stream with the same frames: bare frames would have no time at all, and ffmpeg's readers of them differ
 * in what they make of the tags in between.
 */
export async function* packedToTs(bytes: AsyncIterable<Uint8Array>, clock: PackedClock): AsyncGenerator<Uint8Array> {
  const reader = new PackedAudioReader();
  const stream = new PackedStream(clock);
  for await (const chunk of bytes) {
    for (const unit of reader.push(chunk)) stream.take(unit);
    const made = stream.flush();
    if (made.length > 0) yield made;
  }
  stream.end();
  yield stream.flush();
}

/** What belongs together in time: a frame and those that only add channels to it. */
interface Unit {
  readonly format: PackedAudio;
  readonly frames: Buffer[];
  readonly ticks: number;
  readonly lastsTicks: number;
}

class PackedStream {
  #writer: TsAudioWriter | undefined;
  #unit: Unit | undefined;
  #nextTicks = 0;
  #stamp: number | undefined;
  #begun = false;

  constructor(private readonly clock: PackedClock) {}

  take(unit: PackedUnit): void {
    // What is neither a frame nor a tag was refused when it was recorded.
    if (unit.kind === 'tag') this.#stamp = timestampIn(unit.bytes) ?? this.#stamp;
    else if (unit.kind === 'frame') this.#frame(unit);
  }

  #frame({ header, bytes }: Extract<PackedUnit, { kind: 'frame' }>): void {
    const { format, samples, sampleRate } = header;
    if (samples === 0 && this.#unit !== undefined) {
      this.#unit.frames.push(bytes);
      return;
    }
    this.end();
    const lastsTicks = (samples * TICKS_PER_SECOND) / sampleRate;
    const ticks = this.#startOf(lastsTicks);
    this.#unit = { format, frames: [bytes], ticks, lastsTicks };
    this.#nextTicks = ticks + lastsTicks;
  }

  #startOf(lastsTicks: number): number {
    const stamp = this.clock === 'stamped' ? this.#stamp : undefined;
    this.#stamp = undefined;
    const isFirst = !this.#begun;
    this.#begun = true;
    if (stamp === undefined) return this.#nextTicks;
    if (isFirst) return stamp;
    const off = ((((stamp - this.#nextTicks + WRAP / 2) % WRAP) + WRAP) % WRAP) - WRAP / 2;
    // Time does not run backwards; a stamp that says so is wrong.
    return off < -lastsTicks / 2 ? this.#nextTicks : this.#nextTicks + off;
  }

  /** Nothing belongs to the last frame any more. */
  end(): void {
    if (this.#unit === undefined) return;
    const { format, frames, ticks } = this.#unit;
    this.#writer ??= new TsAudioWriter(format);
    this.#writer.write(Buffer.concat(frames), Math.round(ticks) % WRAP);
    this.#unit = undefined;
  }

  flush(): Uint8Array {
    return this.#writer?.flush() ?? new Uint8Array();
  }
}
