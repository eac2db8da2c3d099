import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Role } from '@streamvault/api-contract';
import { type CommandMetadata, DomainError, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { accessSettings, type AccessSettings } from '../access-settings.js';
import { AccountDirectory } from '../accounts.js';
import { AuditTrail } from '../audit-trail.js';
import { type Account, findByName } from '../domain/account-decider.js';
import { LastAdministrator, UserNotFound } from '../domain/account-errors.js';
import { identityOf, nameFrom, roleFrom } from '../oidc/claims.js';
import type { ProvenIdentity } from '../oidc/identity-provider.js';
import { networkOf } from '../records/tries.js';
import { SessionDoor, type SignedIn, type Visitor } from './session-door.js';

export class ProviderUserUnknown extends DomainError {
  readonly code = 'oidc.unknown-user';
  readonly kind = 'unauthenticated';
  constructor() {
    super('There is no account with this identity. Sign in with a password and connect it, or ask the administrator.');
  }
}

export class ProviderRoleMissing extends DomainError {
  readonly code = 'oidc.no-role';
  readonly kind = 'unauthenticated';
  constructor() {
    super('The identity provider gives you no role here. Ask its administrator for one of the groups.');
  }
}

/** A user of the identity provider. The account and its role are determined again each time. */
export class SignInByProvider extends Command<SignedIn> {
  constructor(
    readonly proven: ProvenIdentity,
    readonly visitor: Visitor,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

/** Connects the identity with the account of a signed-in user. */
export class ConnectIdentity extends Command<void> {
  constructor(
    readonly proven: ProvenIdentity,
    readonly userId: number,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

const subjectOf = ({ claims: { sub } }: ProvenIdentity): string => (typeof sub === 'string' ? sub : '');

@CommandHandler(SignInByProvider)
export class SignInByProviderHandler implements ICommandHandler<SignInByProvider> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly door: SessionDoor,
    private readonly trail: AuditTrail,
    @Inject(accessSettings.token) private readonly settings: AccessSettings,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {}

  /** @throws ProviderUserUnknown, ProviderRoleMissing */
  async execute({ proven, visitor, metadata }: SignInByProvider): Promise<SignedIn> {
    const { OIDC_ROLE_CLAIM: path, OIDC_ROLES: map, OIDC_NEW_USERS: newUsers } = this.settings;
    const identity = identityOf(proven.issuer, subjectOf(proven));
    const { all } = await this.accounts.current();
    const account = all.find(({ identities }) => identities.includes(identity));
    const role = roleFrom(proven.claims, path, map);
    const refusal =
      !account && newUsers === 'off'
        ? new ProviderUserUnknown()
        : role === undefined
          ? new ProviderRoleMissing()
          : undefined;
    if (refusal || role === undefined || account?.disabled) {
      await this.trail.failed({ userId: account?.id, network: networkOf(visitor.address) }, metadata.now);
      throw refusal ?? new ProviderUserUnknown();
    }
    const userId = account
      ? await this.#update(account, role, metadata)
      : await this.#make(proven, identity, role, metadata);
    return this.door.open(userId, 'identity-provider', visitor, metadata, proven.idToken);
  }

  async #update(account: Account, role: Role, metadata: CommandMetadata): Promise<number> {
    if (account.role === role) return account.id;
    const { now: at } = metadata;
    try {
      await this.accounts.handle(
        { type: 'ChangeUser', userId: account.id, changes: { role }, origin: 'identity-provider', at },
        metadata,
      );
    } catch (error) {
      // The role stays, because no one else could admit people while the provider is unavailable.
      if (!(error instanceof LastAdministrator)) throw error;
      this.logger.warn(`The identity provider makes ${account.name} a ${role}, but this is the last administrator`, {});
    }
    return account.id;
  }

  async #make({ claims }: ProvenIdentity, identity: string, role: Role, metadata: CommandMetadata): Promise<number> {
    const accounts = await this.accounts.current();
    const wanted = nameFrom(claims);
    // A name proves nothing: the account with that name belongs to someone else.
    let name = wanted;
    for (let number = 2; findByName(accounts, name); number += 1) name = `${wanted.slice(0, 58)} ${number}`;
    const { state } = await this.accounts.handle(
      {
        type: 'CreateUser',
        account: { name, role, credential: null, identity, origin: 'identity-provider' },
        at: metadata.now,
      },
      metadata,
    );
    return state.lastId;
  }
}

@CommandHandler(ConnectIdentity)
export class ConnectIdentityHandler implements ICommandHandler<ConnectIdentity> {
  constructor(private readonly accounts: AccountDirectory) {}

  /** @throws UserNotFound, IdentityTaken */
  async execute({ proven, userId, metadata }: ConnectIdentity): Promise<void> {
    if (!(await this.accounts.current()).all.some(({ id, disabled }) => id === userId && !disabled))
      throw new UserNotFound(userId);
    const identity = identityOf(proven.issuer, subjectOf(proven));
    await this.accounts.handle({ type: 'LinkIdentity', userId, identity, at: metadata.now }, metadata);
  }
}
