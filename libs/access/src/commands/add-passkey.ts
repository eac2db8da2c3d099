import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { type VerifiedRegistrationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { AddPasskeyBody, Passkey } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory } from '../accounts.js';
import { type Asker, NotAllowed } from '../asker.js';
import { challengeIn } from '../passkeys/challenge-in.js';
import { PasskeyKnown, PasskeyNotAdded } from '../passkeys/passkey-errors.js';
import type { PasskeySite } from '../passkeys/passkey-site.js';
import { Challenges } from '../records/challenges.js';
import { Passkeys } from '../records/passkeys.js';
import { newPublicName } from '../records/token.js';
import { addingBy } from './prepare-passkey.js';

/** Adds a passkey to the caller's own account. */
export class AddPasskey extends Command<Passkey> {
  constructor(
    readonly body: AddPasskeyBody,
    readonly site: PasskeySite,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(AddPasskey)
export class AddPasskeyHandler implements ICommandHandler<AddPasskey> {
  constructor(
    private readonly accounts: AccountDirectory,
    private readonly passkeys: Passkeys,
    private readonly challenges: Challenges,
  ) {}

  /** @throws NotAllowed, PasskeyNotAdded, PasskeyKnown, TooManyPasskeys */
  async execute({ body, site, asker, metadata }: AddPasskey): Promise<Passkey> {
    const { userId } = asker;
    if (userId === null || asker.sessionId === null) throw new NotAllowed('signed-in');
    const { name, response } = body;
    const { now } = metadata;
    const challenge = challengeIn(response.response.clientDataJSON);
    if (challenge === undefined || !(await this.challenges.answer(challenge, addingBy(asker), Date.parse(now))))
      throw new PasskeyNotAdded();
    const { credential } = await verified(response, challenge, site);
    const id = newPublicName();
    const isNew = await this.passkeys.keep({
      id,
      user_id: userId,
      user_handle: await this.passkeys.handleOf(userId),
      credential_id: credential.id,
      public_key: Buffer.from(credential.publicKey).toString('base64url'),
      counter: credential.counter,
      transports: response.response.transports ?? [],
      site: site.id,
    });
    if (!isNew) throw new PasskeyKnown();
    try {
      const passkey = { id, name, site: site.id };
      await this.accounts.handle({ type: 'AddPasskey', userId, passkey, at: now }, metadata);
    } catch (error) {
      await this.passkeys.erase(id);
      throw error;
    }
    return { id, name, site: site.id, createdAt: now, lastUsedAt: null };
  }
}

/** @throws PasskeyNotAdded */
async function verified(
  response: AddPasskeyBody['response'],
  expectedChallenge: string,
  { id: expectedRPID, origin: expectedOrigin }: PasskeySite,
): Promise<NonNullable<VerifiedRegistrationResponse['registrationInfo']>> {
  let found: VerifiedRegistrationResponse;
  try {
    found = await verifyRegistrationResponse({
      response: { ...response, response: attestationOf(response), clientExtensionResults: {} },
      expectedChallenge,
      expectedOrigin,
      expectedRPID,
      requireUserVerification: true,
    });
  } catch (error) {
    // The library throws plain errors for everything that is wrong with an answer, which comes from outside.
    throw new PasskeyNotAdded({ cause: error });
  }
  if (!found.verified) throw new PasskeyNotAdded();
  return found.registrationInfo;
}

const attestationOf = ({ response: { clientDataJSON, attestationObject } }: AddPasskeyBody['response']) => ({
  clientDataJSON,
  attestationObject,
});
