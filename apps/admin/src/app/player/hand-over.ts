/** The parts of a media element that the hand-over uses. */
export interface HandOverMedia extends EventTarget {
  currentTime: number;
  readonly duration: number;
  readonly paused: boolean;
  readonly readyState: number;
  volume: number;
  muted: boolean;
  playbackRate: number;
  play(): Promise<void>;
}

const haveMetadata = 1;
const haveFutureData = 3;
/** How far ahead the new source is prepared, so that both show the same picture when it takes over. */
const leadSeconds = 0.5;

export interface HandOverWishes {
  readonly signal: AbortSignal;
  /** Where in `to` the picture is that `from` shows at one of its own times. */
  readonly placeInFile: (seconds: number) => number;
}

/**
 * Gets `to` ready at the picture of `from` and starts it when `from` arrives there, so that the viewer notices nothing.
 * Follows when the viewer jumps in the meantime. False: called off, or `to` cannot play; `from` goes on untouched.
 */
export async function handOver(
  from: HandOverMedia,
  to: HandOverMedia,
  { signal, placeInFile }: HandOverWishes,
): Promise<boolean> {
  to.muted = true;
  if (to.readyState < haveMetadata && !(await heard(to, 'loadedmetadata', signal))) return false;
  for (;;) {
    const target = from.currentTime + (from.paused ? 0 : leadSeconds);
    const place = Math.min(placeInFile(target), to.duration);
    to.currentTime = place;
    if (!(await heard(to, 'seeked', signal))) return false;
    if (to.readyState < haveFutureData && place < to.duration && !(await heard(to, 'canplay', signal))) return false;
    const arrived = await arrival(from, target, signal);
    if (arrived === 'aborted') return false;
    if (arrived === 'there') break;
  }
  to.volume = from.volume;
  to.playbackRate = from.playbackRate;
  if (!from.paused) {
    try {
      await to.play();
    } catch {
      // The browser refused to start it (its policy, or a source that just broke). The old one is still playing.
      return false;
    }
  }
  to.muted = from.muted;
  return !signal.aborted;
}

/** Resolves to true when `media` fires `name`, and to false when it fails or is cancelled. */
function heard(media: EventTarget, name: string, signal: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (answer: boolean) => (): void => {
      media.removeEventListener(name, yes);
      media.removeEventListener('error', no);
      signal.removeEventListener('abort', no);
      resolve(answer);
    };
    const yes = settle(true);
    const no = settle(false);
    if (signal.aborted) return no();
    media.addEventListener(name, yes);
    media.addEventListener('error', no);
    signal.addEventListener('abort', no);
  });
}

/**
 * Waits until `from` is at `target`, or has stalled; `gone` if the viewer has sought elsewhere, or has paused or
 * resumed.
 */
async function arrival(
  from: HandOverMedia,
  target: number,
  signal: AbortSignal,
): Promise<'there' | 'gone' | 'aborted'> {
  const wasPaused = from.paused;
  while (!signal.aborted) {
    const ahead = target - from.currentTime;
    // It has stalled without data, so there is no position to match.
    if (from.readyState < haveFutureData) return 'there';
    if (from.paused !== wasPaused || ahead > leadSeconds * 3 || ahead < -leadSeconds * 3) return 'gone';
    if (wasPaused || ahead <= 0.02) return 'there';
    await nextFrame(ahead);
  }
  return 'aborted';
}

const nextFrame = (aheadSeconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.min(50, Math.max(4, aheadSeconds * 500))));
