import type { CreateApiKeyBody, CreateShareBody, Role } from '@streamvault/api-contract';
import { MemoryEventStore } from '@streamvault/event-store';
import { CommandHandling, type CommandMetadata, EventRegistry, type KernelLogger } from '@streamvault/kernel';
import { AccountDirectory, KeyRing, ShareRing } from '../accounts.js';
import type { Asker } from '../asker.js';
import { accountEvents } from '../domain/account-events.js';
import { keyEvents } from '../domain/key-events.js';
import { shareEvents } from '../domain/share-events.js';
import type { SignInEvent } from '../domain/sign-in-events.js';
import type { NewSession } from '../records/sessions.js';
import { TooManyTries, type Try } from '../records/tries.js';
import { ChangePassword, ChangePasswordHandler } from './change-password.js';
import { ChangeUser, ChangeUserHandler } from './change-user.js';
import { CreateApiKey, CreateApiKeyHandler } from './create-api-key.js';
import { CreateFirstAdministrator, CreateFirstAdministratorHandler } from './create-first-administrator.js';
import { CreateShare, CreateShareHandler } from './create-share.js';
import { CreateUser, CreateUserHandler } from './create-user.js';
import { EraseAddresses, EraseAddressesHandler } from './erase-addresses.js';
import { RemoveUser, RemoveUserHandler } from './remove-user.js';
import { RevokeApiKey, RevokeApiKeyHandler } from './revoke-api-key.js';
import { RevokeShare, RevokeShareHandler } from './revoke-share.js';
import { SessionDoor, type Visitor } from './session-door.js';
import { SessionEnd } from './session-end.js';
import { SignIn, SignInHandler } from './sign-in.js';

export const at = '2026-11-30T12:00:00.000Z';
export const password = 'lantern-over-the-quay';
const silent: KernelLogger = { info: () => {}, warn: () => {}, error: () => {} };

/** Passwords as they are, because hashing is slow on purpose. */
class MemoryPasswords {
  readonly texts = new Map<string, string>();
  keep = (id: string, text: string) => Promise.resolve(void this.texts.set(id, text));
  erase = (id: string | null) => Promise.resolve(void (id !== null && this.texts.delete(id)));
  matches = (id: string | null | undefined, text: string) =>
    Promise.resolve(typeof id === 'string' && this.texts.get(id) === text);
  hash = (text: string) => Promise.resolve(`hash of ${text}`);
}

/** Secrets of keys and share links by their ids. */
class MemorySecrets {
  readonly kinds = new Map<string, string>();
  readonly passwordHashes = new Map<string, string | null>();
  make = (kind: string, id: string, passwordHash: string | null = null) => {
    this.kinds.set(id, kind);
    this.passwordHashes.set(id, passwordHash);
    return Promise.resolve(`secret-of-${id}`);
  };
  erase = (id: string) => Promise.resolve(void this.kinds.delete(id));
}

class MemorySessions {
  readonly open: { readonly id: string; readonly userId: number }[] = [];
  #last = 0;
  begin = ({ userId }: NewSession) => {
    const id = `session-${(this.#last += 1)}`;
    this.open.push({ id, userId });
    return Promise.resolve({ id, token: `token-of-${id}`, expires_at: '2026-12-30T12:00:00.000Z' });
  };
  end = (of: { readonly userId: number; readonly id?: string; readonly except?: string }) => {
    const ended = this.open.filter(
      ({ id, userId }) => userId === of.userId && id !== of.except && (of.id === undefined || id === of.id),
    );
    for (const session of ended) this.open.splice(this.open.indexOf(session), 1);
    return Promise.resolve(ended.map(({ id }) => id));
  };
}

/** Three failures of a name or a device are too many. */
class MemoryTries {
  readonly failures = new Map<string, number>();
  readonly devices = new Map<string, number>();
  readonly #subject = ({ name, device }: Try) => device ?? name;
  require = (attempt: Try) =>
    (this.failures.get(this.#subject(attempt)) ?? 0) < 3 ? Promise.resolve() : Promise.reject(new TooManyTries(60));
  failed = (attempt: Try) =>
    Promise.resolve(
      void this.failures.set(this.#subject(attempt), (this.failures.get(this.#subject(attempt)) ?? 0) + 1),
    );
  succeeded = (attempt: Try) => Promise.resolve(void this.failures.delete(this.#subject(attempt)));
  isKnown = (device: string | undefined, userId: number) =>
    Promise.resolve(device !== undefined && this.devices.get(device) === userId);
  remember = (device: string, userId: number) => Promise.resolve(void this.devices.set(device, userId));
}

class MemoryTrail {
  readonly told: SignInEvent[] = [];
  readonly failures: { readonly userId: number | undefined; readonly network: string }[] = [];
  tell = (event: SignInEvent) => Promise.resolve(void this.told.push(event));
  failed = (failure: { userId: number | undefined; network: string }) =>
    Promise.resolve(void this.failures.push(failure));
}

/** Accounts, keys and shares with everything that their handlers need, in memory. */
export class AccessWorld {
  readonly store = new MemoryEventStore();
  readonly passwords = new MemoryPasswords();
  readonly secrets = new MemorySecrets();
  readonly sessions = new MemorySessions();
  readonly tries = new MemoryTries();
  readonly trail = new MemoryTrail();
  /** Users whose passkeys were erased. */
  readonly withoutPasskeys: number[] = [];
  readonly #passkeys = { eraseOf: (userId: number) => Promise.resolve(void this.withoutPasskeys.push(userId)) };
  /** Users whose addresses were erased. */
  readonly withoutAddresses: number[] = [];
  readonly #addresses = {
    erase: (userId: number) => {
      this.withoutAddresses.push(userId);
      return Promise.resolve(1);
    },
  };
  readonly #handling = new CommandHandling({
    store: this.store,
    registry: new EventRegistry([...accountEvents, ...keyEvents, ...shareEvents]),
  });
  readonly accounts = new AccountDirectory(this.#handling, silent);
  readonly keys = new KeyRing(this.#handling, silent);
  readonly shares = new ShareRing(this.#handling, silent);
  readonly door = new SessionDoor(this.sessions as never, this.tries as never, this.trail as never);
  readonly #ends = new SessionEnd(this.sessions as never, this.trail as never);
  readonly #permissions = { permissions: { 'videos.view': {}, 'videos.purge': {} } };
  #commands = 0;

  metadata = (more: Partial<CommandMetadata> = {}): CommandMetadata => ({
    commandId: `command ${(this.#commands += 1)}`,
    correlationId: 'c',
    causationId: 'c',
    actor: 'ada',
    now: at,
    ...more,
  });

  /** A caller in a session. @param permissions all, unless they are given */
  asker = (userId: number | null, sessionId: string | null = 'mine', permissions?: readonly string[]): Asker => ({
    userId,
    sessionId,
    can: (permission) => permissions?.includes(permission) ?? true,
  });

  first = (name = 'Ada', text = password) =>
    new CreateFirstAdministratorHandler(this.accounts, this.passwords as never).execute(
      new CreateFirstAdministrator(name, text, 'set-up', this.metadata()),
    );
  create = (
    { name = 'Bob', role = 'viewer' as Role, text = password }: { name?: string; role?: Role; text?: string } = {},
    asker = this.asker(1),
  ) =>
    new CreateUserHandler(this.accounts, this.passwords as never).execute(
      new CreateUser({ name, role, password: text }, asker, this.metadata()),
    );
  change = (userId: number, changes: ChangeUser['changes'], asker = this.asker(1)) =>
    new ChangeUserHandler(this.accounts, this.passwords as never, this.#ends, this.#passkeys as never).execute(
      new ChangeUser(userId, changes, asker, this.metadata()),
    );
  remove = (userId: number, asker = this.asker(1)) =>
    new RemoveUserHandler(
      this.accounts,
      this.passwords as never,
      this.#ends,
      this.#passkeys as never,
      this.#addresses as never,
    ).execute(new RemoveUser(userId, asker, this.metadata()));
  eraseAddresses = (userId: number, asker = this.asker(1)) =>
    new EraseAddressesHandler(this.accounts, this.#addresses as never).execute(
      new EraseAddresses(userId, asker, this.metadata()),
    );
  changePassword = (current: string, text: string, asker = this.asker(1)) =>
    new ChangePasswordHandler(this.accounts, this.passwords as never, this.tries as never, this.#ends).execute(
      new ChangePassword(current, text, { address: '203.0.113.7' }, asker, this.metadata()),
    );

  signIn = (name: string, text: string, more: Partial<Visitor> = {}) =>
    new SignInHandler(
      this.accounts,
      this.passwords as never,
      this.tries as never,
      this.trail as never,
      this.door,
    ).execute(
      new SignIn(name, text, { address: '203.0.113.7', agent: 'Browser', device: undefined, ...more }, this.metadata()),
    );

  createKey = (body: Partial<CreateApiKeyBody> = {}, asker = this.asker(1)) =>
    new CreateApiKeyHandler(this.keys, this.secrets as never, this.#permissions as never).execute(
      new CreateApiKey({ name: 'Script', scopes: ['videos.view'], ...body }, asker, this.metadata()),
    );
  revokeKey = (keyId: string, asker = this.asker(1)) =>
    new RevokeApiKeyHandler(this.keys, this.secrets as never).execute(new RevokeApiKey(keyId, asker, this.metadata()));

  share = (
    terms: Partial<Pick<CreateShareBody, 'name' | 'expiresAt' | 'password' | 'download'>> = {},
    asker = this.asker(1),
  ) =>
    new CreateShareHandler(this.shares, this.secrets as never, this.passwords as never).execute(
      new CreateShare({ kind: 'video', id: 5 }, terms, asker, this.metadata()),
    );
  revokeShare = (shareId: string, asker = this.asker(1)) =>
    new RevokeShareHandler(this.shares, this.secrets as never).execute(
      new RevokeShare(shareId, asker, this.metadata()),
    );

  /** The types of all events. */
  types = () => Array.fromAsync(this.store.readAll(), ({ type }) => type);

  /** The whole log as text. */
  log = async () => JSON.stringify(await Array.fromAsync(this.store.readAll(), ({ data }) => data));
}
