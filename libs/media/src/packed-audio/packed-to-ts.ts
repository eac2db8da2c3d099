import type { PackedAudio } from './frame-header.js';
import { PackedAudioReader, timestampIn, type PackedUnit } from './packed-audio-reader.js';
import { TsAudioWriter } from './ts-audio-writer.js';

const TICKS_PER_SECOND = 90_000;
const WRAP = 2 ** 33;

/**
 * `counted`: from zero on, frame by frame, for audio without a gap. `stamped`: by the timestamps between the frames, so
 * that gaps remain and the audio fits its video; frames without a timestamp continue from those before.
 */
export type PackedClock = 'counted' | 'stamped';

/**
 * Packed audio as a transport stream with the same frames. Bare frames would have no times at all, and ffmpeg's readers
 * treat the tags between them differently.
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
    // Anything that is neither a frame nor a tag was refused when it was recorded.
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
    // Time does not run backwards: a timestamp that says so is wrong.
    return off < -lastsTicks / 2 ? this.#nextTicks : this.#nextTicks + off;
  }

  /** The last frame is complete: nothing more belongs to it. */
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
