import type { Recording } from '@streamvault/api-contract';

export interface StreamerTotals {
  readonly recordings: number;
  readonly failed: number;
  readonly durationSeconds: number;
  readonly bytes: number;
  readonly gaps: number;
  readonly gapSeconds: number;
  readonly adSeconds: number;
}

type Summed = Pick<Recording, 'state' | 'durationSeconds' | 'bytes' | 'gaps' | 'gapSeconds' | 'adSeconds'>;

export function totalsOf(recordings: readonly Summed[]): StreamerTotals {
  const sum = (of: (recording: Summed) => number): number =>
    recordings.reduce((total, recording) => total + of(recording), 0);
  return {
    recordings: recordings.length,
    failed: sum(({ state }) => (state === 'failed' ? 1 : 0)),
    durationSeconds: sum(({ durationSeconds }) => durationSeconds),
    bytes: sum(({ bytes }) => bytes),
    gaps: sum(({ gaps }) => gaps.length),
    gapSeconds: sum(({ gapSeconds }) => gapSeconds),
    adSeconds: sum(({ adSeconds }) => adSeconds),
  };
}
