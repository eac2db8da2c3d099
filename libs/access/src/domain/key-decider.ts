import { type Decider, DomainError } from '@streamvault/kernel';
import type { KeyEvent } from './key-events.js';

export interface Key {
  readonly id: string;
  readonly userId: number;
  readonly name: string;
  readonly scopes: readonly string[];
  /** ISO 8601 UTC. */
  readonly expiresAt: string | null;
  readonly createdAt: string;
}

/** Keys that were not revoked, by their ids. */
export interface Keys {
  readonly byId: Readonly<Record<string, Key>>;
}

export type KeyCommand = { readonly at: string } & (
  | {
      readonly type: 'CreateApiKey';
      readonly key: Omit<Key, 'createdAt'>;
      /** The owner's permissions: a key never has more. */
      readonly allowed: readonly string[];
    }
  | { readonly type: 'RevokeApiKey'; readonly keyId: string }
);

export class KeyNotFound extends DomainError {
  readonly code = 'key.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is no such API key (any more).');
  }
}

export class ScopeNotYours extends DomainError {
  readonly code = 'key.scope-not-yours';
  readonly kind = 'invalid';
  constructor(scopes: readonly string[]) {
    super(`A key can only have permissions that you have yourself. Leave out: ${scopes.join(', ')}.`, {
      scopes: [...scopes],
    });
  }
}

export class ExpiryPast extends DomainError {
  readonly code = 'key.expiry-past';
  readonly kind = 'invalid';
  constructor() {
    super('That time has passed. Choose a later one, or none.');
  }
}

const initialState = (): Keys => ({ byId: {} });

function evolve({ byId }: Keys, { type, data }: KeyEvent): Keys {
  switch (type) {
    case 'ApiKeyCreated': {
      const { keyId: id, at: createdAt, ...facts } = data;
      return { byId: { ...byId, [id]: { id, createdAt, ...facts } } };
    }
    case 'ApiKeyRevoked': {
      const { [data.keyId]: _, ...rest } = byId;
      return { byId: rest };
    }
    default:
      return type satisfies never;
  }
}

export const keyDecider: Decider<Keys, KeyCommand, KeyEvent> = {
  initialState,
  evolve,
  decide: (command, state) => {
    const { at } = command;
    switch (command.type) {
      case 'CreateApiKey': {
        const { id: keyId, scopes, expiresAt, ...facts } = command.key;
        const foreign = scopes.filter((scope) => !command.allowed.includes(scope));
        if (foreign.length > 0) throw new ScopeNotYours(foreign);
        if (expiresAt !== null && expiresAt <= at) throw new ExpiryPast();
        return [{ type: 'ApiKeyCreated', data: { keyId, ...facts, scopes: [...new Set(scopes)], expiresAt, at } }];
      }
      case 'RevokeApiKey':
        if (!state.byId[command.keyId]) throw new KeyNotFound();
        return [{ type: 'ApiKeyRevoked', data: { keyId: command.keyId, at } }];
      default:
        return command satisfies never;
    }
  },
};

/** For time travel. */
export const foldKeys = (events: readonly { readonly type: string; readonly data: object }[]): Keys =>
  (events as readonly KeyEvent[]).reduce<Keys>(evolve, initialState());
