/**
 * The captured share of what was broadcast, from 0 to 1; null while there was nothing to capture. Both arguments in
 * seconds.
 */
export function capturedRatioOf(durationSeconds: number, gapSeconds: number): number | null {
  const wanted = durationSeconds + gapSeconds;
  return wanted > 0 ? durationSeconds / wanted : null;
}
