import { fromPromise } from 'xstate';
import type { RecordingContext } from './recording-context.js';

/** The input of an effect: the recording as it was when the effect's state was entered. */
export interface EffectInput {
  readonly context: RecordingContext;
}
export interface DeadlineInput {
  readonly recordingId: number;
  readonly deadline: string | null;
  /** What the platform is asked about, if its answer decides what happens at the deadline. */
  readonly asked?: Pick<
    RecordingContext,
    'recordingId' | 'streamerId' | 'source' | 'quality' | 'proxies' | 'broadcastId'
  >;
}

// The machine alone does nothing. The recorder supplies the effects with `provide()`, and folding never calls them.
export const noEffect = fromPromise<void, EffectInput>(() => Promise.resolve());
export const withoutClock = fromPromise<void, DeadlineInput>(() => Promise.resolve());

export const effectInput = ({ context }: { context: RecordingContext }): EffectInput => ({ context });
export const deadlineInput = ({ context }: { context: RecordingContext }): DeadlineInput => ({
  recordingId: context.recordingId,
  deadline: context.deadline,
});
export const askedDeadlineInput = ({ context }: { context: RecordingContext }): DeadlineInput => ({
  ...deadlineInput({ context }),
  asked: {
    source: context.source,
    quality: context.quality,
    proxies: context.proxies,
    recordingId: context.recordingId,
    streamerId: context.streamerId,
    broadcastId: context.broadcastId,
  },
});
