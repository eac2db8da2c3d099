import { describe, expect, it } from '@jest/globals';
import { type HandOverMedia, handOver } from './hand-over';

/** A media element that plays by the test's clock. */
class FakeMedia extends EventTarget implements HandOverMedia {
  readonly duration: number;
  paused = true;
  readyState = 4;
  volume = 1;
  muted = false;
  playbackRate = 1;
  playedFrom: number | undefined;
  refusesToPlay = false;
  /** What the viewer does while the new source is being made ready. */
  onSeek: (() => void) | undefined;
  #time = 0;

  constructor(duration: number, time = 0) {
    super();
    this.duration = duration;
    this.#time = time;
  }
  get currentTime(): number {
    return this.#time;
  }
  set currentTime(time: number) {
    this.#time = time;
    queueMicrotask(() => {
      this.onSeek?.();
      this.dispatchEvent(new Event('seeked'));
    });
  }
  /** Moves on as playing does, which is no seek. */
  advance(seconds: number): void {
    this.#time += seconds;
  }
  async play(): Promise<void> {
    if (this.refusesToPlay) throw new DOMException('Not allowed', 'NotAllowedError');
    this.paused = false;
    this.playedFrom = this.#time;
  }
}

const never = { signal: new AbortController().signal, placeInFile: (seconds: number) => seconds };

describe('the hand-over from playlist to file', () => {
  it('gets a paused picture ready at the same media time and leaves it paused', async () => {
    const [from, to] = [new FakeMedia(60, 21.4), new FakeMedia(64)];
    expect(await handOver(from, to, never)).toBe(true);
    expect(to.currentTime).toBe(21.4);
    expect(to.paused).toBe(true);
  });

  it('starts the file when the playlist arrives where the file waits', async () => {
    const [from, to] = [new FakeMedia(60, 10), new FakeMedia(64)];
    from.paused = false;
    const playing = setInterval(() => from.advance(0.1), 5);
    expect(await handOver(from, to, never)).toBe(true);
    clearInterval(playing);
    expect(to.playedFrom).toBeCloseTo(10.5, 5);
    expect(from.currentTime).toBeGreaterThanOrEqual(10.48);
    expect(from.paused).toBe(false);
  });

  it('sounds as it did before: volume, mute and speed go along, and nothing is heard twice', async () => {
    const [from, to] = [new FakeMedia(60, 5), new FakeMedia(64)];
    Object.assign(from, { volume: 0.3, playbackRate: 1.5, muted: false });
    let wasMuted: boolean | undefined;
    to.onSeek = () => (wasMuted = to.muted);
    await handOver(from, to, never);
    expect(wasMuted).toBe(true);
    expect(to).toMatchObject({ volume: 0.3, playbackRate: 1.5, muted: false });
  });

  it('follows a viewer who jumps elsewhere in the meantime', async () => {
    const [from, to] = [new FakeMedia(60, 5), new FakeMedia(64)];
    to.onSeek = () => {
      to.onSeek = undefined;
      from.advance(40);
    };
    expect(await handOver(from, to, never)).toBe(true);
    expect(to.currentTime).toBe(45);
  });

  it('does not wait for a picture that has stalled', async () => {
    const [from, to] = [new FakeMedia(60, 5), new FakeMedia(64)];
    from.paused = false;
    from.readyState = 2;
    expect(await handOver(from, to, never)).toBe(true);
    expect(to.paused).toBe(false);
  });

  it('shows the same picture where the file lacks what the playlist has', async () => {
    const [from, to] = [new FakeMedia(60, 40), new FakeMedia(54)];
    from.paused = false;
    const playing = setInterval(() => from.advance(0.1), 5);
    const placeInFile = (seconds: number): number => (seconds < 30 ? seconds : seconds - 6);
    expect(await handOver(from, to, { ...never, placeInFile })).toBe(true);
    clearInterval(playing);
    expect(to.playedFrom).toBeCloseTo(34.5, 5);
    expect(from.currentTime).toBeGreaterThanOrEqual(40.48);
  });

  it('stays inside a file that is a little shorter', async () => {
    const [from, to] = [new FakeMedia(60, 60), new FakeMedia(59.9)];
    expect(await handOver(from, to, never)).toBe(true);
    expect(to.currentTime).toBe(59.9);
  });

  it('leaves the playlist playing where the file cannot be opened, may not start, or is no longer wanted', async () => {
    const broken = new FakeMedia(64);
    broken.readyState = 0;
    const tried = handOver(new FakeMedia(60, 5), broken, never);
    broken.dispatchEvent(new Event('error'));
    expect(await tried).toBe(false);

    const [from, refusing] = [new FakeMedia(60, 5), new FakeMedia(64)];
    from.paused = false;
    refusing.refusesToPlay = true;
    refusing.onSeek = () => from.advance(0.5);
    expect(await handOver(from, refusing, never)).toBe(false);
    expect(from.paused).toBe(false);

    const unwanted = new AbortController();
    unwanted.abort();
    expect(await handOver(new FakeMedia(60, 5), new FakeMedia(64), { ...never, signal: unwanted.signal })).toBe(false);
  });
});
