import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandMetadata, DomainError } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { AuditTrail } from '../audit-trail.js';
import { findByName } from '../domain/account-decider.js';
import { Passwords } from '../records/passwords.js';
import { networkOf, Tries } from '../records/tries.js';
import { SessionDoor, type SignedIn, type Visitor } from './session-door.js';

export class SignInRefused extends DomainError {
  readonly code = 'session.refused';
  readonly kind = 'unauthenticated';
  constructor() {
    super('Name or password is wrong.');
  }
}

export class SignIn extends Command<SignedIn> {
  constructor(
    readonly name: string,
    readonly password: string,
    readonly visitor: Visitor,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(SignIn)
export class SignInHandler implements ICommandHandler<SignIn> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
    private readonly tries: Tries,
    private readonly trail: AuditTrail,
    private readonly door: SessionDoor,
  ) {}

  /**
   * The same answer after the same time, whether the name or the password is wrong.
   * @throws SignInRefused, TooManyTries, TooManyAtOnce
   */
  async execute({ name, password, visitor, metadata }: SignIn): Promise<SignedIn> {
    const now = Date.parse(metadata.now);
    const account = findByName(await this.accounts.current(), name);
    const { address } = visitor;
    const isKnown = account !== undefined && (await this.tries.isKnown(visitor.device, account.id));
    const attempt = { name, address, device: isKnown ? visitor.device : undefined };
    await this.tries.require(attempt, now);
    const isRight = await this.passwords.matches(account?.credential, password);
    if (!account || !isRight || account.disabled) {
      await this.tries.failed(attempt, now);
      await this.trail.failed({ userId: account?.id, network: networkOf(address) }, metadata.now);
      throw new SignInRefused();
    }
    await this.tries.succeeded(attempt);
    return this.door.open(account.id, 'password', visitor, metadata);
  }
}
