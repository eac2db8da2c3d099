import { type Decider, DomainError } from '@streamvault/kernel';
import { ExpiryPast } from './key-decider.js';
import type { ShareEvent } from './share-events.js';

export interface ShareItem {
  readonly kind: 'video' | 'recording';
  readonly id: number;
}

export interface ShareLink {
  readonly id: string;
  readonly item: ShareItem;
  readonly name: string | null;
  /** Who made it. If this user may no longer share, the link opens nothing. */
  readonly userId: number;
  readonly hasPassword: boolean;
  readonly download: boolean;
  /** ISO 8601 UTC. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** Shares that were not revoked, by their ids. */
export interface Shares {
  readonly byId: Readonly<Record<string, ShareLink>>;
}

export type ShareCommand = { readonly at: string } & (
  | { readonly type: 'CreateShare'; readonly share: Omit<ShareLink, 'createdAt'> }
  | { readonly type: 'RevokeShare'; readonly shareId: string }
  | { readonly type: 'NoteOpening'; readonly shareId: string }
);

export class ShareNotFound extends DomainError {
  readonly code = 'share.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is no such share link (any more).');
  }
}

const initialState = (): Shares => ({ byId: {} });

function evolve(state: Shares, { type, data }: ShareEvent): Shares {
  switch (type) {
    case 'ShareCreated': {
      const { shareId: id, kind, itemId, at: createdAt, ...facts } = data;
      return { byId: { ...state.byId, [id]: { id, item: { kind, id: itemId }, createdAt, ...facts } } };
    }
    case 'ShareRevoked': {
      const { [data.shareId]: _, ...rest } = state.byId;
      return { byId: rest };
    }
    case 'ShareOpened':
      return state;
    default:
      return type satisfies never;
  }
}

export const shareDecider: Decider<Shares, ShareCommand, ShareEvent> = {
  initialState,
  evolve,
  decide: (command, state) => {
    const { at } = command;
    switch (command.type) {
      case 'CreateShare': {
        const { id: shareId, item, ...facts } = command.share;
        if (facts.expiresAt !== null && facts.expiresAt <= at) throw new ExpiryPast();
        return [{ type: 'ShareCreated', data: { shareId, kind: item.kind, itemId: item.id, ...facts, at } }];
      }
      case 'RevokeShare':
        if (!state.byId[command.shareId]) throw new ShareNotFound();
        return [{ type: 'ShareRevoked', data: { shareId: command.shareId, at } }];
      case 'NoteOpening':
        return state.byId[command.shareId] ? [{ type: 'ShareOpened', data: { shareId: command.shareId, at } }] : [];
      default:
        return command satisfies never;
    }
  },
};

/** For time travel. */
export const foldShares = (events: readonly { readonly type: string; readonly data: object }[]): Shares =>
  (events as readonly ShareEvent[]).reduce<Shares>(evolve, initialState());
