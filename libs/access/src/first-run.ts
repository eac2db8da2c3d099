import { Inject, Injectable } from '@nestjs/common';
import { CommandBus } from '@nestjs/cqrs';
import { type CommandMetadata, DomainError, KERNEL_LOGGER, type KernelLogger } from '@streamvault/kernel';
import { randomUUID } from 'node:crypto';
import { type AccessSettings, accessSettings } from './access-settings.js';
import { AccountDirectory } from './accounts.js';
import { CreateFirstAdministrator } from './commands/create-first-administrator.js';
import { type Accounts, findByName } from './domain/account-decider.js';
import { SetUpDone } from './domain/account-errors.js';
import { Passwords } from './records/passwords.js';
import { SetUpCode } from './setup-code.js';

/** ADMIN_PASSWORD cannot be used; the message says why. */
export class FirstAdministratorRefused extends Error {
  constructor(reason: string) {
    super(`ADMIN_PASSWORD: ${reason}`);
    this.name = new.target.name;
  }
}

/** Makes it possible to create the first administrator. */
@Injectable()
export class FirstRun {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly code: SetUpCode,
    private readonly passwords: Passwords,
    private readonly commands: CommandBus,
    @Inject(accessSettings.token) private readonly settings: AccessSettings,
    @Inject(KERNEL_LOGGER) private readonly logger: KernelLogger,
  ) {}

  /**
   * @param address where the console is
   * @throws FirstAdministratorRefused
   */
  async prepare(address?: string): Promise<void> {
    const accounts = await this.accounts.current();
    const { ADMIN_NAME: name, ADMIN_PASSWORD: password } = this.settings;
    if (accounts.lastId > 0) return this.#keepAgain(accounts, name, password);
    if (password !== undefined) return this.#fromSettings(name, password);
    const code = await this.code.ensure();
    const where = address === undefined ? '' : ` at ${address}`;
    this.logger.info(
      `There is no administrator yet. Open the console${where} and create one. From another machine it asks for this code: ${code} (also in ${this.code.file})`,
      {},
    );
  }

  /** Passwords are stored beside the log. If they were lost, the administrator in the settings can sign in again. */
  async #keepAgain(accounts: Accounts, name: string, password: string | undefined): Promise<void> {
    const account = findByName(accounts, name);
    if (password === undefined || account?.role !== 'administrator' || account.disabled) return;
    const { credential } = account;
    if (credential === null || (await this.passwords.has(credential))) return;
    await this.passwords.keep(credential, password, new Date().toISOString());
    this.logger.warn(`The password of ${name} was lost with its database; the one in the settings is valid again`, {});
  }

  async #fromSettings(name: string, password: string): Promise<void> {
    const id = randomUUID();
    const metadata: CommandMetadata = {
      commandId: id,
      correlationId: id,
      causationId: id,
      actor: 'settings',
      now: new Date().toISOString(),
    };
    try {
      await this.commands.execute(new CreateFirstAdministrator(name, password, 'settings', metadata));
      this.logger.info(`The first administrator is ${name}, as the settings say`, {});
    } catch (error) {
      // Another process with the same settings was faster.
      if (error instanceof SetUpDone) return;
      throw error instanceof DomainError ? new FirstAdministratorRefused(error.message) : error;
    }
  }
}
