import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { Passkeys } from '../records/passkeys.js';

/** Sessions that it opened go on; they are ended separately. */
export class RemovePasskey extends Command<void> {
  constructor(
    readonly userId: number,
    readonly passkeyId: string,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(RemovePasskey)
export class RemovePasskeyHandler implements ICommandHandler<RemovePasskey> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passkeys: Passkeys,
  ) {}

  /** @throws NotAllowed, UserNotFound, PasskeyNotFound */
  async execute({ userId, passkeyId, asker, metadata }: RemovePasskey): Promise<void> {
    requireOwnOr(asker, userId, 'users.change');
    await this.accounts.handle({ type: 'RemovePasskey', userId, passkeyId, at: metadata.now }, metadata);
    await this.passkeys.erase(passkeyId);
  }
}
