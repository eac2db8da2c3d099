import type { Decider, EventOf } from '@streamvault/kernel';
import { builtInChoices, choicesOf, type RecordingChoices, sameChoices } from './choices.js';
import type { streamerDefaultsChanged } from './streamer-events.js';

export const defaultsCategory = 'streamerdefaults';
export const defaultsStream = `${defaultsCategory}-0` as const;

type DefaultsEvent = EventOf<typeof streamerDefaultsChanged>;
export interface ChangeDefaultsCommand {
  readonly at: string;
  readonly changes: Partial<RecordingChoices>;
}

/** The choices for all streamers. */
export const defaultsDecider: Decider<RecordingChoices, ChangeDefaultsCommand, DefaultsEvent> = {
  initialState: () => builtInChoices,
  evolve: (_, { data }) => forAll(data),
  decide({ at, changes }, before) {
    const after = forAll({ ...before, ...changes });
    const isSame = sameChoices({ ...before, nameTemplate: null }, { ...after, nameTemplate: null });
    return isSame ? [] : [{ type: 'StreamerDefaultsChanged', data: { ...after, at } }];
  },
};

/** How all videos are named is the library's setting. */
function forAll(some: RecordingChoices): RecordingChoices {
  const { nameTemplate: _, ...choices } = choicesOf({ ...some, nameTemplate: null });
  return choices;
}
