import type { CleanupRunAnswer, CleanupSettings } from '@streamvault/api-contract';
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
  | { readonly type: 'NoteRun'; readonly run: CleanupRunAnswer };

export const cleanupDecider: Decider<CleanupState, CleanupCommand, CleanupEvent> = {
  initialState: () => ({ settings: noCleanup, lastRun: null }),
  evolve: (state, event) =>
    event.type === 'CleanupSettingsChanged'
      ? { ...state, settings: event.data.settings }
      : { ...state, lastRun: event.data },
  decide(command, state) {
    if (command.type === 'NoteRun') return [{ type: 'CleanupRan', data: command.run }];
    const { by, at, settings } = command;
    return JSON.stringify(settings) === JSON.stringify(state.settings)
      ? []
      : [{ type: 'CleanupSettingsChanged', data: { by, at, settings } }];
  },
};

export const foldCleanup = (events: readonly { readonly type: string; readonly data: object }[]): CleanupState =>
  // The registry gives only cleanup events for these streams.
  (events as readonly CleanupEvent[]).reduce<CleanupState>(
    (state, event) => cleanupDecider.evolve(state, event),
    cleanupDecider.initialState(),
  );
