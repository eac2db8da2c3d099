import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import { KeyRing } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { KeyNotFound } from '../domain/key-decider.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';

export class RevokeApiKey extends Command<void> {
  constructor(
    readonly keyId: string,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(RevokeApiKey)
export class RevokeApiKeyHandler implements ICommandHandler<RevokeApiKey> {
  constructor(
    private readonly keys: KeyRing,
    private readonly secrets: SecretsOfKeys,
  ) {}

  /** @throws KeyNotFound, NotAllowed */
  async execute({ keyId, asker, metadata }: RevokeApiKey): Promise<void> {
    const key = (await this.keys.current()).byId[keyId];
    if (!key) throw new KeyNotFound();
    requireOwnOr(asker, key.userId, 'users.change');
    await this.secrets.erase(keyId);
    await this.keys.handle({ type: 'RevokeApiKey', keyId, at: metadata.now }, metadata);
  }
}
