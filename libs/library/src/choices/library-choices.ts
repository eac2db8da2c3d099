import { defineEvent, type Decider, type EventOf } from '@streamvault/kernel';
import { z } from 'zod';
import { defaultTemplate } from '../naming/name-template.js';

/* How the library is kept. Stream: `library-choices`. */

const choices = {
  /** How new videos are named. */
  template: z.string(),
  /** Files for media servers beside the videos. */
  nfo: z.boolean(),
  artwork: z.boolean(),
  /** Jellyfin's own storyboards, which take room beside ours. */
  trickplay: z.boolean(),
};
const libraryChoices = z.object(choices);
export type LibraryChoices = Readonly<z.infer<typeof libraryChoices>>;

const done = { by: z.string(), at: z.string() };

/** All of them, as they are from then on. */
export const libraryChoicesChanged = defineEvent({
  type: 'LibraryChoicesChanged',
  version: 1,
  schema: z.object({ ...done, ...choices }),
});

/** Videos whose names do not follow the template are to be moved; goes on after a restart until it is finished. */
export const libraryMoveRequested = defineEvent({
  type: 'LibraryMoveRequested',
  version: 1,
  schema: z.object({ ...done, template: z.string() }),
});

export const libraryMoveFinished = defineEvent({
  type: 'LibraryMoveFinished',
  version: 1,
  schema: z.object({ ...done, moved: z.number(), failed: z.number() }),
});

/** What stood beside videos that are gone is being removed, because somebody said so. */
export const leftoversRemoved = defineEvent({
  type: 'LeftoversRemoved',
  version: 1,
  /** Below the library's root. */
  schema: z.object({ ...done, files: z.array(z.string()) }),
});

export const libraryEvents = [
  libraryChoicesChanged,
  libraryMoveRequested,
  libraryMoveFinished,
  leftoversRemoved,
] as const;
export type LibraryEvent = EventOf<(typeof libraryEvents)[number]>;

export const libraryCategory = 'library';
export const libraryStream = 'library-choices';

export interface RequestedMove {
  readonly by: string;
  readonly at: string;
  readonly template: string;
}

export interface FinishedMove extends RequestedMove {
  readonly finishedAt: string;
  readonly moved: number;
  readonly failed: number;
}

export interface LibraryState {
  readonly choices: LibraryChoices;
  /** Asked for and not finished. */
  readonly move: RequestedMove | null;
  readonly lastMove: FinishedMove | null;
}

export type LibraryCommand = { readonly by: string; readonly at: string } & (
  | {
      readonly type: 'ChangeLibrary';
      readonly changes: { readonly [Name in keyof LibraryChoices]?: LibraryChoices[Name] | undefined };
    }
  | { readonly type: 'RequestMove' }
  | { readonly type: 'RemoveLeftovers'; readonly files: readonly string[] }
  | { readonly type: 'FinishMove'; readonly moved: number; readonly failed: number }
);

export const libraryDecider: Decider<LibraryState, LibraryCommand, LibraryEvent> = {
  initialState: () => ({
    choices: { template: defaultTemplate, nfo: true, artwork: true, trickplay: false },
    move: null,
    lastMove: null,
  }),
  evolve(state, event) {
    switch (event.type) {
      case 'LibraryChoicesChanged': {
        const { by: _by, at: _at, ...chosen } = event.data;
        return { ...state, choices: chosen };
      }
      case 'LibraryMoveRequested':
        return { ...state, move: event.data };
      case 'LibraryMoveFinished': {
        const { at: finishedAt, moved, failed } = event.data;
        return state.move ? { ...state, move: null, lastMove: { ...state.move, finishedAt, moved, failed } } : state;
      }
      case 'LeftoversRemoved':
        return state;
      default:
        return event satisfies never;
    }
  },
  decide(command, { choices: before, move }) {
    const { by, at } = command;
    switch (command.type) {
      case 'ChangeLibrary': {
        const { template, nfo, artwork, trickplay } = command.changes;
        const after = {
          template: template ?? before.template,
          nfo: nfo ?? before.nfo,
          artwork: artwork ?? before.artwork,
          trickplay: trickplay ?? before.trickplay,
        };
        const isSame = JSON.stringify(libraryChoices.parse(before)) === JSON.stringify(libraryChoices.parse(after));
        return isSame ? [] : [{ type: 'LibraryChoicesChanged', data: { by, at, ...after } }];
      }
      case 'RequestMove':
        // One that is under way takes the template as it was; a change since then is another move.
        return move?.template === before.template
          ? []
          : [{ type: 'LibraryMoveRequested', data: { by, at, template: before.template } }];
      case 'FinishMove':
        return move
          ? [{ type: 'LibraryMoveFinished', data: { by, at, moved: command.moved, failed: command.failed } }]
          : [];
      case 'RemoveLeftovers':
        return [{ type: 'LeftoversRemoved', data: { by, at, files: [...command.files] } }];
      default:
        return command satisfies never;
    }
  },
};

export const foldLibrary = (events: readonly { readonly type: string; readonly data: object }[]): LibraryState =>
  // Whoever reads the stream through the registry has its events.
  (events as readonly LibraryEvent[]).reduce<LibraryState>(
    (state, event) => libraryDecider.evolve(state, event),
    libraryDecider.initialState(),
  );
