import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { verifyAuthenticationResponse } from '@simplewebauthn/server';
import type { PasskeySignInBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { AuditTrail } from '../audit-trail.js';
import type { Account } from '../domain/account-decider.js';
import { challengeIn } from '../passkeys/challenge-in.js';
import { PasskeyNotAccepted } from '../passkeys/passkey-errors.js';
import type { PasskeySite } from '../passkeys/passkey-site.js';
import { Challenges } from '../records/challenges.js';
import { type PasskeyRow, Passkeys } from '../records/passkeys.js';
import { networkOf, type Try, Tries } from '../records/tries.js';
import { SessionDoor, type SignedIn, type Visitor } from './session-door.js';

export const signingIn = 'sign in';

type Response = PasskeySignInBody['response'];

/** Without a name: the passkey says whose it is. */
export class SignInByPasskey extends Command<SignedIn> {
  constructor(
    readonly response: Response,
    readonly site: PasskeySite,
    readonly visitor: Visitor,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(SignInByPasskey)
export class SignInByPasskeyHandler implements ICommandHandler<SignInByPasskey> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passkeys: Passkeys,
    private readonly challenges: Challenges,
    private readonly tries: Tries,
    private readonly trail: AuditTrail,
    private readonly door: SessionDoor,
  ) {}

  /** @throws PasskeyNotAccepted, TooManyTries */
  async execute({ response, site, visitor, metadata }: SignInByPasskey): Promise<SignedIn> {
    const now = Date.parse(metadata.now);
    const row = await this.passkeys.byCredential(response.id);
    const account = row && (await this.#holderOf(row));
    const { address, device } = visitor;
    const isKnown = account !== undefined && (await this.tries.isKnown(device, account.id));
    const attempt: Try = { name: `passkey ${response.id}`, address, device: isKnown ? device : undefined };
    await this.tries.require(attempt, now);
    const counter = row && account ? await this.#verified(response, site, row, now) : undefined;
    if (!row || !account || counter === undefined) return this.#refuse(attempt, account, metadata);
    if (!(await this.passkeys.used(row.id, counter, metadata.now))) {
      const data = { userId: account.id, passkeyId: row.id, reason: 'counter', at: metadata.now } as const;
      await this.trail.tell({ type: 'PasskeyRefused', data }, { ...metadata, actor: 'access' }, address);
      return this.#refuse(attempt, account, metadata);
    }
    await this.tries.succeeded(attempt);
    return this.door.open(account.id, 'passkey', visitor, metadata);
  }

  async #holderOf({ user_id: userId, id }: PasskeyRow): Promise<Account | undefined> {
    const { all } = await this.accounts.current();
    return all.find((each) => each.id === userId && !each.disabled && each.passkeys.some((one) => one.id === id));
  }

  /** @returns the counter of the authenticator, or undefined for an answer that proves nothing */
  async #verified(response: Response, site: PasskeySite, row: PasskeyRow, now: number): Promise<number | undefined> {
    const { userHandle, ...answer } = response.response;
    const challenge = challengeIn(answer.clientDataJSON);
    if (challenge === undefined || !(await this.challenges.answer(challenge, signingIn, now))) return undefined;
    if (row.site !== site.id || (userHandle !== undefined && userHandle !== row.user_handle)) return undefined;
    try {
      const { verified, authenticationInfo } = await verifyAuthenticationResponse({
        response: { ...response, response: answer, clientExtensionResults: {} },
        expectedChallenge: challenge,
        expectedOrigin: site.origin,
        expectedRPID: site.id,
        requireUserVerification: true,
        credential: {
          id: row.credential_id,
          publicKey: Uint8Array.from(Buffer.from(row.public_key, 'base64url')),
          // Compared by us, after the signature: a copy of a passkey is told from nonsense.
          counter: 0,
        },
      });
      return verified ? authenticationInfo.newCounter : undefined;
    } catch {
      // The library throws plain errors for everything that is wrong with an answer, which comes from outside.
      return undefined;
    }
  }

  async #refuse(attempt: Try, account: Account | undefined, { now }: CommandMetadata): Promise<never> {
    await this.tries.failed(attempt, Date.parse(now));
    await this.trail.failed({ userId: account?.id, network: networkOf(attempt.address) }, now);
    throw new PasskeyNotAccepted();
  }
}
