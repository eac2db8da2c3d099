import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type CommandMetadata, DomainError } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, NotAllowed } from '../asker.js';
import { Passwords } from '../records/passwords.js';
import { type Try, Tries } from '../records/tries.js';
import { withNewPassword } from './new-password.js';
import { SessionEnd } from './session-end.js';

export class WrongPassword extends DomainError {
  readonly code = 'password.wrong';
  readonly kind = 'forbidden';
  constructor() {
    super('The current password is wrong. Type it again.');
  }
}

/** Changes the caller's own password. A signed-in caller still has to know the old one. */
export class ChangePassword extends Command<void> {
  constructor(
    readonly current: string,
    readonly password: string,
    readonly from: Pick<Try, 'address'>,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(ChangePassword)
export class ChangePasswordHandler implements ICommandHandler<ChangePassword> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
    private readonly tries: Tries,
    private readonly sessions: SessionEnd,
  ) {}

  /**
   * Every other session ends.
   * @throws NotAllowed, WrongPassword, WeakPassword, TooManyTries, TooManyAtOnce
   */
  async execute({ current, password, from, asker, metadata }: ChangePassword): Promise<void> {
    const account = (await this.accounts.current()).all.find(({ id }) => id === asker.userId);
    if (!account || asker.sessionId === null) throw new NotAllowed('signed-in');
    const { commandId, now } = metadata;
    // Guesses from a session that was left open are counted separately.
    const attempt: Try = { name: account.name, address: from.address, device: `password-of-${asker.sessionId}` };
    await this.tries.require(attempt, Date.parse(now));
    if (!(await this.passwords.matches(account.credential, current))) {
      await this.tries.failed(attempt, Date.parse(now));
      throw new WrongPassword();
    }
    await withNewPassword(this.passwords, { commandId, now, name: account.name, password }, (credential) =>
      this.accounts.handle(
        { type: 'ChangeUser', userId: account.id, changes: { credential }, origin: 'user', at: now },
        metadata,
      ),
    );
    await this.passwords.erase(account.credential);
    await this.sessions.all(account.id, 'password', metadata, asker.sessionId);
  }
}
