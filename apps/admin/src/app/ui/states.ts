import type { RecordingState } from '@streamvault/api-contract';

export type Tone = 'rec' | 'ok' | 'warn' | 'bad' | 'info' | 'quiet';

const known: Record<RecordingState, { label: string; tone: Tone }> = {
  requested: { label: 'Requested', tone: 'info' },
  starting: { label: 'Starting', tone: 'info' },
  capturing: { label: 'Recording', tone: 'rec' },
  reconnecting: { label: 'Reconnecting', tone: 'warn' },
  finalizing: { label: 'Making the video', tone: 'info' },
  postProcessing: { label: 'Finishing', tone: 'info' },
  completed: { label: 'Ready', tone: 'ok' },
  failed: { label: 'Failed', tone: 'bad' },
  cancelled: { label: 'Cancelled', tone: 'quiet' },
};
const isKnown = (state: string): state is RecordingState => Object.hasOwn(known, state);
export const recordingStates = Object.keys(known).filter((name) => isKnown(name));

/** `someNewState` → `Some new state`: states of a newer server are shown by their names. */
export function inWords(name: string): string {
  const spaced = name.replaceAll(/([a-z\d])([A-Z])/g, '$1 $2').toLowerCase();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const stateLabel = (state: string): string => (isKnown(state) ? known[state].label : inWords(state));
export const stateTone = (state: string): Tone => (isKnown(state) ? known[state].tone : 'quiet');

const taking: readonly string[] = ['requested', 'starting', 'capturing', 'reconnecting'];
const working: readonly string[] = ['finalizing', 'postProcessing'];

/** The broadcast is being captured (the contract's `activeRecordingStates`; only types come from there). */
export const isTaking = (state: string): boolean => taking.includes(state);
/** The broadcast is over and a video is being made of it. */
export const isWorking = (state: string): boolean => working.includes(state);
/** Whether `POST …/cancel` has something to cancel. */
export const isOpen = (state: string): boolean => isTaking(state) || isWorking(state);
