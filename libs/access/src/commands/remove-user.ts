import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requirePermission } from '../asker.js';
import { Passkeys } from '../records/passkeys.js';
import { Passwords } from '../records/passwords.js';
import { SignInAddresses } from '../sign-in-addresses.js';
import { SessionEnd } from './session-end.js';

export class RemoveUser extends Command<void> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(RemoveUser)
export class RemoveUserHandler implements ICommandHandler<RemoveUser> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
    private readonly sessions: SessionEnd,
    private readonly passkeys: Passkeys,
    private readonly addresses: SignInAddresses,
  ) {}

  /**
   * Erases the password, passkeys and addresses, and ends the sessions. What the user did stays in the log.
   * @throws NotAllowed, UserNotFound, LastAdministrator
   */
  async execute({ userId, asker, metadata }: RemoveUser): Promise<void> {
    requirePermission(asker, 'users.change');
    const { previousState } = await this.accounts.handle({ type: 'RemoveUser', userId, at: metadata.now }, metadata);
    const before = previousState.all.find(({ id }) => id === userId);
    await this.passwords.erase(before?.credential ?? null);
    await this.passkeys.eraseOf(userId);
    await this.sessions.all(userId, 'disabled', metadata);
    await this.addresses.erase(userId, metadata);
  }
}
