import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { ChangeUserBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, requirePermission } from '../asker.js';
import { UserNotFound } from '../domain/account-errors.js';
import type { AccountChanges } from '../domain/account-decider.js';
import type { Origin } from '../domain/account-events.js';
import { Passkeys } from '../records/passkeys.js';
import { Passwords } from '../records/passwords.js';
import { withNewPassword } from './new-password.js';
import { SessionEnd } from './session-end.js';

/** Changes of an account by an administrator. Undefined means unchanged. */
export class ChangeUser extends Command<void> {
  constructor(
    readonly userId: number,
    readonly changes: ChangeUserBody,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
    readonly origin: Origin = 'user',
  ) {
    super();
  }
}

@CommandHandler(ChangeUser)
export class ChangeUserHandler implements ICommandHandler<ChangeUser> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
    private readonly sessions: SessionEnd,
    private readonly passkeys: Passkeys,
  ) {}

  /**
   * A new password or disabling ends the sessions of the account, except the caller's. A password that somebody else
   * sets takes the account back: its passkeys are removed.
   * @throws NotAllowed, UserNotFound, UserNameTaken, LastAdministrator, WeakPassword, TooManyAtOnce
   */
  async execute({ userId, changes, asker, metadata, origin }: ChangeUser): Promise<void> {
    requirePermission(asker, 'users.change');
    const { password, ...plain } = changes;
    const before = (await this.accounts.current()).all.find(({ id }) => id === userId);
    if (!before) throw new UserNotFound(userId);
    const { now } = metadata;
    const change = (more: AccountChanges) =>
      this.accounts.handle({ type: 'ChangeUser', userId, changes: { ...plain, ...more }, origin, at: now }, metadata);
    if (password === undefined) {
      await change({});
    } else {
      const about = { commandId: metadata.commandId, now, name: plain.name ?? before.name, password };
      const withoutPasskeys = asker.userId !== userId;
      await withNewPassword(this.passwords, about, (credential) => change({ credential, withoutPasskeys }));
      await this.passwords.erase(before.credential);
      if (withoutPasskeys) await this.passkeys.eraseOf(userId);
    }
    const except = asker.userId === userId && asker.sessionId !== null ? asker.sessionId : undefined;
    if (plain.disabled) await this.sessions.all(userId, 'disabled', metadata);
    else if (password !== undefined) await this.sessions.all(userId, 'password', metadata, except);
  }
}
