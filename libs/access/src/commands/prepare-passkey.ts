import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { PasskeyOptions } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, NotAllowed } from '../asker.js';
import type { PasskeySite } from '../passkeys/passkey-site.js';
import { Challenges } from '../records/challenges.js';
import { Passkeys } from '../records/passkeys.js';
import { Passwords } from '../records/passwords.js';
import { type Try, Tries } from '../records/tries.js';
import { WrongPassword } from './change-password.js';

/** The challenge of a new passkey is good in the session that asked for it. */
export const addingBy = ({ userId, sessionId }: Asker): string => `add ${userId} ${sessionId}`;

/** Begins to add a passkey to the caller's own account. A signed-in caller still has to know the password. */
export class PreparePasskey extends Command<PasskeyOptions> {
  constructor(
    readonly password: string | undefined,
    readonly site: PasskeySite,
    readonly from: Pick<Try, 'address'>,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(PreparePasskey)
export class PreparePasskeyHandler implements ICommandHandler<PreparePasskey> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passwords: Passwords,
    private readonly tries: Tries,
    private readonly passkeys: Passkeys,
    private readonly challenges: Challenges,
  ) {}

  /** @throws NotAllowed, WrongPassword, TooManyTries, TooManyAtOnce */
  async execute({ password, site, from, asker, metadata }: PreparePasskey): Promise<PasskeyOptions> {
    const account = (await this.accounts.current()).all.find(({ id }) => id === asker.userId);
    if (!account || asker.sessionId === null) throw new NotAllowed('signed-in');
    const now = Date.parse(metadata.now);
    if (account.credential !== null) {
      const attempt: Try = { name: account.name, address: from.address, device: `password-of-${asker.sessionId}` };
      await this.tries.require(attempt, now);
      if (!(await this.passwords.matches(account.credential, password ?? ''))) {
        await this.tries.failed(attempt, now);
        throw new WrongPassword();
      }
    }
    const known = await this.passkeys.of(account.id);
    const options = await generateRegistrationOptions({
      rpName: 'StreamVault',
      rpID: site.id,
      userName: account.name,
      userDisplayName: account.name,
      userID: Uint8Array.from(Buffer.from(await this.passkeys.handleOf(account.id), 'base64url')),
      challenge: await this.challenges.issue(addingBy(asker), now),
      attestationType: 'none',
      // So that nobody has to type a name to sign in, and a stolen device alone is not enough.
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: known
        .filter((each) => each.site === site.id)
        .map(({ credential_id: id, transports }) => ({ id, transports: [...transports] })),
    });
    return { ...options };
  }
}
