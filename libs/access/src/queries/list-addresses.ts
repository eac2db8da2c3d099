import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { SignInAddressList } from '@streamvault/api-contract';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { UserNotFound } from '../domain/account-errors.js';
import { SignInAddresses } from '../sign-in-addresses.js';

/** One's own, or anybody's with the permission `users.view`. */
export class ListAddresses extends Query<SignInAddressList> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
  ) {
    super();
  }
}

@QueryHandler(ListAddresses)
export class ListAddressesHandler implements IQueryHandler<ListAddresses> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly addresses: SignInAddresses,
  ) {}

  /**
   * Also of an account that was removed.
   * @throws NotAllowed, UserNotFound
   */
  async execute({ userId, asker }: ListAddresses): Promise<SignInAddressList> {
    requireOwnOr(asker, userId, 'users.view');
    if (userId > (await this.accounts.current()).lastId) throw new UserNotFound(userId);
    return { items: await this.addresses.of(userId) };
  }
}
