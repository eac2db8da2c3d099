import type { RecordingProgress } from '@streamvault/api-contract';
import { capturedRatioOf } from '../domain/captured-ratio.js';
import type { ProgressBoard } from './progress-board.js';

/** What the live feed sends about every recording that is being captured. */
export function liveProgress(board: ProgressBoard): RecordingProgress[] {
  const now = Date.now();
  return board
    .figures(now)
    .map(({ lastByteAt, advertisingSince, stalledSince, gapSeconds = 0, adSeconds = 0, retries = 0, ...figures }) => ({
      ...figures,
      gapSeconds,
      adSeconds,
      retries,
      capturedRatio: capturedRatioOf(figures.durationSeconds, gapSeconds),
      advertisingSince: advertisingSince ?? null,
      stalledSince: stalledSince ?? null,
      lastByteAt: lastByteAt ?? null,
      lastByteAgeSeconds: lastByteAt === undefined ? null : Math.max(0, (now - Date.parse(lastByteAt)) / 1000),
    }));
}
