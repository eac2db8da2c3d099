import type { Detection } from '@streamvault/api-contract';

type Decision = NonNullable<Detection['decision']>;

const known: Readonly<Record<Decision, string>> = {
  record: 'Recorded',
  provisional: 'Recorded until the rules can say',
  skip: 'Not recorded',
  stop: 'Recorded, then stopped',
  discard: 'Recorded, then moved to the bin',
};
const hypothetical: Readonly<Record<Decision, string>> = {
  record: 'Would be recorded',
  provisional: 'Would be recorded until the rules can say',
  skip: 'Would not be recorded',
  stop: 'Would be stopped',
  discard: 'Would go to the bin',
};

export const decisionWords = (decision: Decision): string => known[decision];
export const hypotheticalWords = (decision: Decision): string => hypothetical[decision];

/** What was decided about a broadcast. */
export function outcomeWords({ isRecorded, decision }: Pick<Detection, 'isRecorded' | 'decision'>): string {
  if (decision === null || (isRecorded && decision === 'skip')) return isRecorded ? 'Recorded' : 'Not recorded';
  return !isRecorded && (decision === 'record' || decision === 'provisional')
    ? 'Not recorded'
    : decisionWords(decision);
}

const witnesses: Readonly<Record<Detection['noticedBy'], string>> = {
  eventsub: 'reported by Twitch',
  helix: 'found by asking Twitch',
  playlist: 'found by asking the source',
  user: 'started by a user',
};
export const witnessWords = (by: Detection['noticedBy']): string => witnesses[by];
