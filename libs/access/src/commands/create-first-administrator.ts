import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandMetadata, ConcurrencyConflict } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { SetUpDone } from '../domain/account-errors.js';
import type { Origin } from '../domain/account-events.js';
import { Passwords } from '../records/passwords.js';
import { withNewPassword } from './new-password.js';

export class CreateFirstAdministrator extends Command<{ readonly userId: number }> {
  constructor(
    readonly name: string,
    readonly password: string,
    readonly origin: Origin,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(CreateFirstAdministrator)
export class CreateFirstAdministratorHandler implements ICommandHandler<CreateFirstAdministrator> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
  ) {}

  /**
   * The stream of accounts must not exist yet: of two simultaneous requests, one wins.
   * @throws SetUpDone, WeakPassword, TooManyAtOnce
   */
  async execute({ name, password, origin, metadata }: CreateFirstAdministrator): Promise<{ readonly userId: number }> {
    if ((await this.accounts.current()).lastId > 0) throw new SetUpDone();
    const { commandId, now } = metadata;
    return withNewPassword(this.passwords, { commandId, now, name, password }, async (credential) => {
      try {
        const { state } = await this.accounts.handle(
          { type: 'CreateFirstAdministrator', account: { name, credential, origin }, at: now },
          metadata,
          'no_stream',
        );
        return { userId: state.lastId };
      } catch (error) {
        if (error instanceof ConcurrencyConflict) throw new SetUpDone();
        throw error;
      }
    });
  }
}
