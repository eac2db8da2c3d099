import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { PasskeyList } from '@streamvault/api-contract';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { UserNotFound } from '../domain/account-errors.js';
import { Passkeys } from '../records/passkeys.js';

/** One's own, or anybody's with the permission `users.view`. */
export class ListPasskeys extends Query<PasskeyList> {
  constructor(
    readonly userId: number,
    readonly asker: Asker,
  ) {
    super();
  }
}

@QueryHandler(ListPasskeys)
export class ListPasskeysHandler implements IQueryHandler<ListPasskeys> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passkeys: Passkeys,
  ) {}

  /** @throws NotAllowed, UserNotFound */
  async execute({ userId, asker }: ListPasskeys): Promise<PasskeyList> {
    requireOwnOr(asker, userId, 'users.view');
    const account = (await this.accounts.current()).all.find(({ id }) => id === userId);
    if (!account) throw new UserNotFound(userId);
    const used = new Map((await this.passkeys.of(userId)).map(({ id, last_used_at: at }) => [id, at]));
    return { items: account.passkeys.map((each) => ({ ...each, lastUsedAt: used.get(each.id) ?? null })) };
  }
}
