import type { PreflightProblem } from '@streamvault/api-contract';
import type { Liveness } from '../domain/sighting.js';

export interface CheckedStreamer {
  readonly id: number;
  readonly name: string;
}

type Found = Pick<PreflightProblem, 'code' | 'level' | 'subject' | 'message' | 'next'>;

export const of = (streamer: CheckedStreamer | null, found: Found): PreflightProblem => ({
  ...found,
  streamerId: streamer?.id ?? null,
  streamerName: streamer?.name ?? null,
});

/** A source that is offline is fine; one whose state is unknown is not. */
export function aboutSource(streamer: CheckedStreamer, word: Liveness, why: string | undefined): PreflightProblem[] {
  if (word !== 'unknown') return [];
  return [
    of(streamer, {
      code: 'source.unknown',
      level: 'warn',
      subject: 'source',
      message: why ?? `It cannot be checked now whether ${streamer.name} is live.`,
      next: 'Open the address in a browser. If it has changed, change it in the streamer’s settings.',
    }),
  ];
}

export interface LastRecording {
  readonly state: string;
  /** From 0 to 1; null where nothing is known of it. */
  readonly capturedRatio: number | null;
  readonly failure: string | null;
}

/** A few missing seconds are not worth a warning. */
const leastRatio = 0.98;

export function aboutQuality(streamer: CheckedStreamer, last: LastRecording | undefined): PreflightProblem[] {
  if (!last) return [];
  if (last.state === 'failed')
    return [
      of(streamer, {
        code: 'quality.last-failed',
        level: 'warn',
        subject: 'quality',
        message: `The last recording of ${streamer.name} failed: ${last.failure ?? 'for an unknown reason'}`,
        next: 'Look at that recording: it says what to do.',
      }),
    ];
  if (last.capturedRatio === null || last.capturedRatio >= leastRatio) return [];
  // 97.9 is not 98.
  const percent = Math.floor(last.capturedRatio * 1000) / 10;
  return [
    of(streamer, {
      code: 'quality.gaps',
      level: 'warn',
      subject: 'quality',
      message: `Only ${percent} % of the last broadcast of ${streamer.name} was recorded.`,
      next: 'Its gaps name their causes. On a slow network, a lower quality helps.',
    }),
  ];
}

/** Compares what is expected within a day with what is free: reported early enough to make room. */
export function aboutRoom(freeBytes: number, neededBytes: number, until: string | null): PreflightProblem[] {
  if (neededBytes === 0 || freeBytes >= neededBytes) return [];
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  return [
    of(null, {
      code: 'room.not-enough',
      level: 'fail',
      subject: 'room',
      message: `${gigabytes(freeBytes)} are free, and the broadcasts expected within a day will probably take ${gigabytes(neededBytes)}.`,
      next: `Make room${until === null ? '' : ` before ${until}`}: empty the bin, or let cleanup rules do it.`,
    }),
  ];
}
