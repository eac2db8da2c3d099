import { firstFrame, PackedAudioReader, type PackedAudio } from '@streamvault/media';
import { TsCheck, type BodyCheck } from './body-check.js';
import { TsClock, type MediaClock } from './media-clock.js';
import type { MediaTimes } from './timeline.js';

/**
 * What a segment without an init section is, by its first byte: audio only (an ID3 tag or a frame) or a transport
 * stream.
 */
export const isPackedAudio = ({ 0: first }: Uint8Array): boolean => first === 0x49 || first === 0xff || first === 0x0b;

/** Coding of packed audio in one comparable word, like `aac.2:44100:2`, from the beginning of a segment. */
export function inspectPacked(
  head: Buffer,
): { readonly container: PackedAudio; readonly signature: string } | undefined {
  const frame = firstFrame(head);
  return frame && { container: frame.format, signature: frame.coding };
}

/** Audio without a container: whole frames of one kind, with ID3 tags among them (RFC 8216 section 3.4). */
export class PackedAudioCheck implements BodyCheck {
  readonly #reader = new PackedAudioReader();
  #format: PackedAudio | undefined;

  push(chunk: Buffer): string | undefined {
    for (const unit of this.#reader.push(chunk)) {
      if (unit.kind === 'tag') continue;
      if (unit.kind === 'junk') {
        return unit.at === 0
          ? 'it begins like audio without a container, but is neither AAC nor MP3 nor AC-3'
          : `an audio frame is broken at byte ${unit.at}`;
      }
      this.#format ??= unit.header.format;
      if (unit.header.format !== this.#format)
        return `${this.#format} becomes ${unit.header.format} in the middle of it`;
    }
    return undefined;
  }

  finish(): string | undefined {
    if (this.#reader.pendingBytes > 0) return 'it ends in the middle of an audio frame';
    return this.#format === undefined ? 'it has no audio in it' : undefined;
  }
}

/** Measures packed audio by the samples of its frames. */
export class PackedAudioClock implements MediaClock {
  readonly #reader = new PackedAudioReader();
  #seconds = 0;

  push(chunk: Buffer): void {
    for (const unit of this.#reader.push(chunk)) {
      if (unit.kind === 'frame') this.#seconds += unit.header.samples / unit.header.sampleRate;
    }
  }

  seconds(): number | undefined {
    return this.#seconds === 0 ? undefined : this.#seconds;
  }

  /** None: the frames are counted, and timestamps among them are ignored. */
  times(): undefined {
    return undefined;
  }
}

/** Checks any kind of segment that may come without an init section. */
export class PlainCheck implements BodyCheck {
  #check: BodyCheck | undefined;

  push(chunk: Buffer): string | undefined {
    this.#check ??= isPackedAudio(chunk) ? new PackedAudioCheck() : new TsCheck();
    return this.#check.push(chunk);
  }

  finish(): string | undefined {
    return this.#check === undefined ? 'it is empty' : this.#check.finish();
  }
}

export class PlainClock implements MediaClock {
  #clock: MediaClock | undefined;

  push(chunk: Buffer): void {
    this.#clock ??= isPackedAudio(chunk) ? new PackedAudioClock() : new TsClock();
    this.#clock.push(chunk);
  }

  seconds(): number | undefined {
    return this.#clock?.seconds();
  }

  times(): MediaTimes | undefined {
    return this.#clock?.times();
  }
}
