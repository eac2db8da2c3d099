import type { CleanupPolicy, CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';
import type { Decider } from '@streamvault/kernel';
import type { CleanupEvent } from './cleanup-events.js';

/** Applies until settings are made: nothing is ever removed. */
export const noCleanup: CleanupSettings = {
  policies: [],
  emergency: { enabled: false, hours: 6 },
  floorHours: 24,
};

export interface CleanupState {
  readonly settings: CleanupSettings;
  readonly lastRun: CleanupRunAnswer | null;
}

export type CleanupCommand =
  | {
      readonly type: 'ChangeSettings';
      readonly by: string;
      readonly at: string;
      readonly settings: CleanupSettings;
    }
  | {
      readonly type: 'ChangeStreamerPolicy';
      readonly by: string;
      readonly at: string;
      readonly streamerId: number;
      /** null: the streamer has none of its own any more. */
      readonly policy: CleanupPolicy | null;
    }
  | { readonly type: 'NoteRun'; readonly run: CleanupRunAnswer };

export const cleanupDecider: Decider<CleanupState, CleanupCommand, CleanupEvent> = {
  initialState: () => ({ settings: noCleanup, lastRun: null }),
  evolve: (state, event) =>
    event.type === 'CleanupSettingsChanged'
      ? { ...state, settings: event.data.settings }
      : { ...state, lastRun: event.data },
  decide(command, state) {
    if (command.type === 'NoteRun') return [{ type: 'CleanupRan', data: command.run }];
    const { by, at } = command;
    const settings =
      command.type === 'ChangeSettings'
        ? command.settings
        : { ...state.settings, policies: withPolicyOf(command.streamerId, command.policy, state.settings.policies) };
    return JSON.stringify(settings) === JSON.stringify(state.settings)
      ? []
      : [{ type: 'CleanupSettingsChanged', data: { by, at, settings } }];
  },
};

/** The policy of a streamer, at its place in the list. */
function withPolicyOf(
  streamerId: number,
  policy: CleanupPolicy | null,
  policies: readonly CleanupPolicy[],
): CleanupPolicy[] {
  const isOf = ({ scope }: CleanupPolicy) => scope.kind === 'streamer' && scope.streamerId === streamerId;
  if (policy === null) return policies.filter((each) => !isOf(each));
  return policies.some(isOf) ? policies.map((each) => (isOf(each) ? policy : each)) : [...policies, policy];
}

export const foldCleanup = (events: readonly { readonly type: string; readonly data: object }[]): CleanupState =>
  // The registry gives only cleanup events for these streams.
  (events as readonly CleanupEvent[]).reduce<CleanupState>(
    (state, event) => cleanupDecider.evolve(state, event),
    cleanupDecider.initialState(),
  );
