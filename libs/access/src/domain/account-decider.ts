import type { Role } from '@streamvault/api-contract';
import type { Decider } from '@streamvault/kernel';
import {
  IdentityTaken,
  LastAdministrator,
  PasskeyNotFound,
  SetUpDone,
  TooManyPasskeys,
  UserNameTaken,
  UserNotFound,
} from './account-errors.js';
import type { AccountEvent, Origin } from './account-events.js';

export interface Account {
  readonly id: number;
  readonly name: string;
  readonly role: Role;
  readonly disabled: boolean;
  /** Names the password that is valid. */
  readonly credential: string | null;
  /** Whose recordings a viewer sees; null: all. */
  readonly streamerIds: readonly number[] | null;
  readonly identities: readonly string[];
  readonly passkeys: readonly AccountPasskey[];
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

export interface AccountPasskey {
  readonly id: string;
  readonly name: string;
  /** The host name for which it was made. */
  readonly site: string;
  /** ISO 8601 UTC. */
  readonly createdAt: string;
}

const passkeysAtMost = 20;

export interface Accounts {
  /** In the order of their ids. */
  readonly all: readonly Account[];
  /** Ids are never used again. */
  readonly lastId: number;
}

interface NewAccount {
  readonly name: string;
  readonly role: Role;
  readonly credential: string | null;
  readonly identity?: string | undefined;
  readonly origin: Origin;
}

export interface AccountChanges {
  readonly name?: string | undefined;
  readonly role?: Role | undefined;
  readonly disabled?: boolean | undefined;
  /** Names the new password. */
  readonly credential?: string | undefined;
  readonly streamerIds?: readonly number[] | null | undefined;
  /** All passkeys are removed: somebody else made them, perhaps. */
  readonly withoutPasskeys?: boolean | undefined;
}

export type AccountCommand = { readonly at: string } & (
  | { readonly type: 'CreateFirstAdministrator'; readonly account: Omit<NewAccount, 'role' | 'identity'> }
  | { readonly type: 'CreateUser'; readonly account: NewAccount }
  | { readonly type: 'ChangeUser'; readonly userId: number; readonly changes: AccountChanges; readonly origin: Origin }
  | { readonly type: 'RemoveUser'; readonly userId: number }
  | { readonly type: 'LinkIdentity'; readonly userId: number; readonly identity: string }
  | { readonly type: 'AddPasskey'; readonly userId: number; readonly passkey: Omit<AccountPasskey, 'createdAt'> }
  | { readonly type: 'RemovePasskey'; readonly userId: number; readonly passkeyId: string }
);

/** Two names that look the same count as the same. */
export const comparableName = (name: string): string => name.normalize('NFKC').trim().toLowerCase();

export const findByName = ({ all }: Accounts, name: string): Account | undefined =>
  all.find((account) => comparableName(account.name) === comparableName(name));

const initialState = (): Accounts => ({ all: [], lastId: 0 });

function changed({ all, lastId }: Accounts, userId: number, changes: Partial<Account>): Accounts {
  return { all: all.map((account) => (account.id === userId ? { ...account, ...changes } : account)), lastId };
}

const passkeysOf = ({ all }: Accounts, userId: number): readonly AccountPasskey[] =>
  all.find(({ id }) => id === userId)?.passkeys ?? [];

function evolve(state: Accounts, { type, data }: AccountEvent): Accounts {
  switch (type) {
    case 'UserCreated': {
      const { userId: id, name, role, credential, at: createdAt } = data;
      const none = { streamerIds: null, identities: [], passkeys: [] };
      const account = { id, name, role, credential, createdAt, disabled: false, ...none };
      return { all: [...state.all, account], lastId: id };
    }
    case 'UserRenamed':
      return changed(state, data.userId, { name: data.name });
    case 'UserRoleChanged':
      return changed(state, data.userId, { role: data.role });
    case 'UserPasswordChanged':
      return changed(state, data.userId, { credential: data.credential });
    case 'UserDisabled':
      return changed(state, data.userId, { disabled: true });
    case 'UserEnabled':
      return changed(state, data.userId, { disabled: false });
    case 'UserRemoved':
      return { ...state, all: state.all.filter(({ id }) => id !== data.userId) };
    case 'UserVisibilityChanged':
      return changed(state, data.userId, { streamerIds: data.streamerIds });
    case 'UserIdentityLinked': {
      const identities = state.all.find(({ id }) => id === data.userId)?.identities ?? [];
      return changed(state, data.userId, { identities: [...identities, data.identity] });
    }
    case 'PasskeyAdded': {
      const { userId, passkeyId, name, site, at } = data;
      return changed(state, userId, {
        passkeys: [...passkeysOf(state, userId), { id: passkeyId, name, site, createdAt: at }],
      });
    }
    case 'PasskeyRemoved':
      return changed(state, data.userId, {
        passkeys: passkeysOf(state, data.userId).filter(({ id }) => id !== data.passkeyId),
      });
    default:
      return type satisfies never;
  }
}

export const accountDecider: Decider<Accounts, AccountCommand, AccountEvent> = {
  initialState,
  evolve,
  decide: (command, state) => {
    const { at } = command;
    switch (command.type) {
      case 'CreateFirstAdministrator':
        if (state.lastId > 0) throw new SetUpDone();
        return created(state, { ...command.account, role: 'administrator' }, at);
      case 'CreateUser':
        return created(state, command.account, at);
      case 'ChangeUser':
        return changes(state, command, at);
      case 'RemoveUser': {
        const account = existing(state, command.userId);
        requireAnotherAdministrator(state, account);
        return [{ type: 'UserRemoved', data: { userId: account.id, at } }];
      }
      case 'LinkIdentity': {
        const { userId, identity } = command;
        const account = existing(state, userId);
        if (account.identities.includes(identity)) return [];
        if (state.all.some(({ identities }) => identities.includes(identity))) throw new IdentityTaken();
        return [{ type: 'UserIdentityLinked', data: { userId, identity, at } }];
      }
      case 'AddPasskey': {
        const { id: passkeyId, name, site } = command.passkey;
        const { id: userId, passkeys } = existing(state, command.userId);
        if (passkeys.length >= passkeysAtMost) throw new TooManyPasskeys(passkeysAtMost);
        return [{ type: 'PasskeyAdded', data: { userId, passkeyId, name, site, at } }];
      }
      case 'RemovePasskey': {
        const { userId, passkeyId } = command;
        if (!existing(state, userId).passkeys.some(({ id }) => id === passkeyId)) throw new PasskeyNotFound();
        return [{ type: 'PasskeyRemoved', data: { userId, passkeyId, at } }];
      }
      default:
        return command satisfies never;
    }
  },
};

function created(state: Accounts, { identity, ...facts }: NewAccount, at: string): AccountEvent[] {
  if (findByName(state, facts.name)) throw new UserNameTaken();
  if (identity !== undefined && state.all.some(({ identities }) => identities.includes(identity)))
    throw new IdentityTaken();
  const userId = state.lastId + 1;
  const events: AccountEvent[] = [{ type: 'UserCreated', data: { userId, ...facts, at } }];
  if (identity !== undefined) events.push({ type: 'UserIdentityLinked', data: { userId, identity, at } });
  return events;
}

function changes(
  state: Accounts,
  { userId, changes, origin }: Extract<AccountCommand, { type: 'ChangeUser' }>,
  at: string,
): AccountEvent[] {
  const account = existing(state, userId);
  const { name, role, disabled, credential, streamerIds } = changes;
  const events: AccountEvent[] = [];
  if (name !== undefined && name !== account.name) {
    const holder = findByName(state, name);
    if (holder && holder.id !== userId) throw new UserNameTaken();
    events.push({ type: 'UserRenamed', data: { userId, name, at } });
  }
  if (role !== undefined && role !== account.role) {
    if (role !== 'administrator') requireAnotherAdministrator(state, account);
    events.push({ type: 'UserRoleChanged', data: { userId, role, origin, at } });
  }
  if (disabled === true && !account.disabled) {
    requireAnotherAdministrator(state, account);
    events.push({ type: 'UserDisabled', data: { userId, at } });
  }
  if (disabled === false && account.disabled) events.push({ type: 'UserEnabled', data: { userId, origin, at } });
  if (streamerIds !== undefined && !isSameSet(streamerIds, account.streamerIds))
    events.push({
      type: 'UserVisibilityChanged',
      data: { userId, streamerIds: streamerIds && [...new Set(streamerIds)], at },
    });
  if (credential !== undefined) events.push({ type: 'UserPasswordChanged', data: { userId, credential, origin, at } });
  if (changes.withoutPasskeys)
    for (const { id: passkeyId } of account.passkeys)
      events.push({ type: 'PasskeyRemoved', data: { userId, passkeyId, at } });
  return events;
}

const isSameSet = (one: readonly number[] | null, other: readonly number[] | null): boolean =>
  one === null || other === null ? one === other : one.length === other.length && one.every((id) => other.includes(id));

function existing(state: Accounts, userId: number): Account {
  const account = state.all.find(({ id }) => id === userId);
  if (!account) throw new UserNotFound(userId);
  return account;
}

/**
 * One administrator who can sign in with a password has to remain, because an identity provider may be unavailable.
 * @throws LastAdministrator if this is the only one
 */
function requireAnotherAdministrator({ all }: Accounts, account: Account): void {
  if (!canAlwaysSignIn(account)) return;
  if (!all.some((other) => other.id !== account.id && canAlwaysSignIn(other))) throw new LastAdministrator();
}

const canAlwaysSignIn = ({ role, disabled, credential }: Account): boolean =>
  role === 'administrator' && !disabled && credential !== null;

/** For time travel. */
export const foldAccounts = (events: readonly { readonly type: string; readonly data: object }[]): Accounts =>
  (events as readonly AccountEvent[]).reduce<Accounts>(evolve, initialState());
