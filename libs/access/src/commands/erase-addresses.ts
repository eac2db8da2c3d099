import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { UserNotFound } from '../domain/account-errors.js';
import { SignInAddresses } from '../sign-in-addresses.js';

/** Erases the addresses from which a user signed in, earlier than time does. */
export class EraseAddresses extends Command<{ readonly erased: number }> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(EraseAddresses)
export class EraseAddressesHandler implements ICommandHandler<EraseAddresses> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly addresses: SignInAddresses,
  ) {}

  /**
   * Also of an account that was removed.
   * @throws NotAllowed, UserNotFound
   */
  async execute({ userId, asker, metadata }: EraseAddresses): Promise<{ erased: number }> {
    requireOwnOr(asker, userId, 'users.change');
    if (userId > (await this.accounts.current()).lastId) throw new UserNotFound(userId);
    return { erased: await this.addresses.erase(userId, metadata) };
  }
}
