import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { Role } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requirePermission } from '../asker.js';
import type { Origin } from '../domain/account-events.js';
import { Passwords } from '../records/passwords.js';
import { withNewPassword } from './new-password.js';

export class CreateUser extends Command<{ readonly userId: number }> {
  constructor(
    readonly user: { readonly name: string; readonly role: Role; readonly password: string },
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
    readonly origin: Origin = 'user',
  ) {
    super();
  }
}

@CommandHandler(CreateUser)
export class CreateUserHandler implements ICommandHandler<CreateUser> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
  ) {}

  /** @throws NotAllowed, UserNameTaken, WeakPassword, TooManyAtOnce */
  async execute({ user, asker, metadata, origin }: CreateUser): Promise<{ readonly userId: number }> {
    requirePermission(asker, 'users.change');
    const { name, role, password } = user;
    const { commandId, now } = metadata;
    return withNewPassword(this.passwords, { commandId, now, name, password }, async (credential) => {
      const { state } = await this.accounts.handle(
        { type: 'CreateUser', account: { name, role, credential, origin }, at: now },
        metadata,
      );
      return { userId: state.lastId };
    });
  }
}
