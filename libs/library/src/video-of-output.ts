import type { ClaimName, Claims } from '@streamvault/kernel';

/** By this an output of a recording becomes one video, however often it is published. @param outputNumber from 1 */
export const outputClaim = (recordingId: number, outputNumber: number): ClaimName => ({
  category: 'videoof',
  key: `${recordingId}.${outputNumber}`,
});

/** Undefined where it was not published. @param outputNumber from 1 */
export async function videoOfOutput(
  claims: Claims,
  recordingId: number,
  outputNumber: number,
): Promise<number | undefined> {
  const { category, key } = outputClaim(recordingId, outputNumber);
  return (await claims.owner(category, key))?.owner;
}
