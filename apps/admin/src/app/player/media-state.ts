import { computed, signal } from '@angular/core';

/** A position closer to the live edge than this counts as live: a segment or two. */
const liveToleranceSeconds = 8;

/** What a media element is doing, as signals; it tells by events, and is read at each. */
export class MediaState {
  readonly paused = signal(true);
  readonly ended = signal(false);
  readonly waiting = signal(false);
  readonly time = signal(0);
  readonly end = signal(0);
  readonly buffered = signal(0);
  readonly livePoint = signal<number | null>(null);
  readonly muted = signal(false);
  readonly volume = signal(1);

  readonly isGrowing = computed(() => this.livePoint() !== null);
  readonly isAtLive = computed(() => {
    const live = this.livePoint();
    return live !== null && this.time() >= live - liveToleranceSeconds;
  });
  /** Seconds behind the live picture. */
  readonly behind = computed(() => Math.max(0, (this.livePoint() ?? 0) - this.time()));
  readonly played = computed(() => percent(this.time(), this.end()));
  readonly loaded = computed(() => percent(this.buffered(), this.end()));

  read(media: HTMLVideoElement, livePoint: number | null): void {
    const { buffered, seekable, currentTime, duration } = media;
    this.paused.set(media.paused);
    this.ended.set(media.ended);
    this.muted.set(media.muted);
    this.volume.set(media.volume);
    this.time.set(currentTime);
    this.end.set(Number.isFinite(duration) ? duration : lastEnd(seekable));
    this.buffered.set(endAround(buffered, currentTime));
    this.livePoint.set(livePoint);
    this.waiting.set(!media.paused && media.readyState < 3 && !media.ended);
  }
}

const percent = (part: number, whole: number): number => (whole > 0 ? Math.min(100, (part / whole) * 100) : 0);
const lastEnd = (ranges: TimeRanges): number => (ranges.length > 0 ? ranges.end(ranges.length - 1) : 0);

function endAround(ranges: TimeRanges, time: number): number {
  for (let index = 0; index < ranges.length; index += 1)
    if (ranges.start(index) <= time + 0.5 && ranges.end(index) >= time) return ranges.end(index);
  return time;
}
