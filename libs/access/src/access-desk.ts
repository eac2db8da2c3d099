import type { ApiKey, CreatedApiKey, Role, User } from '@streamvault/api-contract';
import type { EventStore } from '@streamvault/event-store';
import {
  CommandHandling,
  type CommandMetadata,
  type Contexts,
  type EventRegistry,
  type KernelLogger,
} from '@streamvault/kernel';
import { randomBytes, randomUUID } from 'node:crypto';
import { AccountDirectory, KeyRing } from './accounts.js';
import { type Asker, theServer } from './asker.js';
import { AuditTrail } from './audit-trail.js';
import { EraseAddresses, EraseAddressesHandler } from './commands/erase-addresses.js';
import { ChangeUser, ChangeUserHandler } from './commands/change-user.js';
import { CreateApiKey, CreateApiKeyHandler } from './commands/create-api-key.js';
import { RevokeApiKey, RevokeApiKeyHandler } from './commands/revoke-api-key.js';
import { CreateUser, CreateUserHandler } from './commands/create-user.js';
import { SessionEnd } from './commands/session-end.js';
import { findByName } from './domain/account-decider.js';
import { NoSuchName } from './domain/account-errors.js';
import { allows } from './domain/roles.js';
import { ListApiKeys, ListApiKeysHandler } from './queries/list-api-keys.js';
import { ListUsers, ListUsersHandler } from './queries/user-queries.js';
import { AccessRecords } from './records/access-records.js';
import { Addresses } from './records/addresses.js';
import { Passkeys } from './records/passkeys.js';
import { Passwords } from './records/passwords.js';
import { SecretsOfKeys } from './records/secrets-of-keys.js';
import { Sessions } from './records/sessions.js';
import { Tries } from './records/tries.js';
import { SignInAddresses } from './sign-in-addresses.js';

export interface AccessDeskParts {
  readonly store: EventStore;
  readonly contexts: Contexts;
  readonly registry: EventRegistry;
  /** In the form that {@link AccessRecords.open} takes. */
  readonly recordsUrl: string;
  readonly logger: KernelLogger;
}

/**
 * Accounts from the command line: the same commands and rules, for a user of the machine itself. The log records that.
 */
export class AccessDesk {
  readonly #accounts: AccountDirectory;
  readonly #passwords: Passwords;
  readonly #passkeys: Passkeys;
  readonly #sessions: Sessions;
  readonly #tries: Tries;
  readonly #ends: SessionEnd;
  readonly #addresses: SignInAddresses;
  readonly #keys: KeyRing;
  readonly #secrets: SecretsOfKeys;
  readonly #contexts: Contexts;

  private constructor(
    private readonly records: AccessRecords,
    { store, registry, logger, contexts }: AccessDeskParts,
  ) {
    const { database } = records;
    const handling = new CommandHandling({ store, registry });
    this.#accounts = new AccountDirectory(handling, logger);
    this.#keys = new KeyRing(handling, logger);
    this.#secrets = new SecretsOfKeys(database);
    this.#contexts = contexts;
    this.#passwords = new Passwords(database);
    this.#passkeys = new Passkeys(database);
    this.#sessions = new Sessions(database);
    this.#tries = new Tries(database);
    const addresses = new Addresses(database);
    const trail = new AuditTrail({ store, registry, addresses, logger });
    this.#ends = new SessionEnd(this.#sessions, trail);
    this.#addresses = new SignInAddresses(store, registry, addresses, this.#sessions, trail);
  }

  static async open(parts: AccessDeskParts): Promise<AccessDesk> {
    return new AccessDesk(await AccessRecords.open(parts.recordsUrl), parts);
  }

  async users(): Promise<readonly User[]> {
    const { items } = await new ListUsersHandler(this.#accounts, this.#sessions).execute(new ListUsers(theServer));
    return items;
  }

  /**
   * With a generated password, which is shown only now.
   * @throws UserNameTaken
   */
  async add(name: string, role: Role): Promise<{ readonly password: string }> {
    const password = newPassword();
    const handler = new CreateUserHandler(this.#accounts, this.#passwords);
    await handler.execute(new CreateUser({ name, role, password }, theServer, metadata(), 'command-line'));
    return { password };
  }

  /**
   * Sets a new password, also for a disabled account; all its sessions end, and its passkeys are removed.
   * @throws NoSuchName
   */
  async reset(name: string): Promise<{ readonly password: string }> {
    const password = newPassword();
    await this.#change(name, { password, disabled: false });
    await this.#tries.forget();
    return { password };
  }

  /** @throws NoSuchName, LastAdministrator */
  async setRole(name: string, role: Role): Promise<void> {
    await this.#change(name, { role });
  }

  /** From where a user signed in. @returns how many were known @throws NoSuchName */
  async eraseAddresses(name: string): Promise<number> {
    const account = findByName(await this.#accounts.current(), name);
    if (!account) throw new NoSuchName(name);
    const handler = new EraseAddressesHandler(this.#accounts, this.#addresses);
    const { erased } = await handler.execute(new EraseAddresses(account.id, theServer, metadata()));
    return erased;
  }

  async keys(): Promise<readonly ApiKey[]> {
    const { items } = await new ListApiKeysHandler(this.#keys, this.#secrets).execute(new ListApiKeys(theServer));
    return items;
  }

  /** A key of somebody, within what his role may do. The key is shown this once. @throws NoSuchName, ScopeNotYours */
  async addKey(owner: string, name: string, scopes: readonly string[]): Promise<CreatedApiKey> {
    const account = findByName(await this.#accounts.current(), owner);
    if (!account) throw new NoSuchName(owner);
    // A key made at the machine belongs to the user it is made for, and can do no more than that user.
    const asker: Asker = {
      userId: account.id,
      sessionId: 'command-line',
      can: (permission) => allows(account.role, permission),
    };
    const handler = new CreateApiKeyHandler(this.#keys, this.#secrets, this.#contexts);
    return handler.execute(new CreateApiKey({ name, scopes: [...scopes] }, asker, metadata()));
  }

  /** @throws KeyNotFound */
  async revokeKey(id: string): Promise<void> {
    await new RevokeApiKeyHandler(this.#keys, this.#secrets).execute(new RevokeApiKey(id, theServer, metadata()));
  }

  close(): Promise<void> {
    return this.records.onApplicationShutdown();
  }

  async #change(name: string, changes: ChangeUser['changes']): Promise<void> {
    const account = findByName(await this.#accounts.current(), name);
    if (!account) throw new NoSuchName(name);
    const handler = new ChangeUserHandler(this.#accounts, this.#passwords, this.#ends, this.#passkeys);
    await handler.execute(new ChangeUser(account.id, changes, theServer, metadata(), 'command-line'));
  }
}

const newPassword = (): string => randomBytes(15).toString('base64url');

function metadata(): CommandMetadata {
  const id = randomUUID();
  return {
    commandId: id,
    correlationId: id,
    causationId: id,
    actor: 'command-line',
    now: new Date().toISOString(),
  };
}
