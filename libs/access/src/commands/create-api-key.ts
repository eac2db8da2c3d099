import { Inject } from '@nestjs/common';
import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CreateApiKeyBody, CreatedApiKey } from '@streamvault/api-contract';
import { type CommandMetadata, Contexts } from '@streamvault/kernel';
import { KeyRing } from '../accounts.js';
import { type Asker, NotAllowed } from '../asker.js';
import { writeKey } from '../domain/key-text.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';
import { newPublicName } from '../records/token.js';

/** Makes a key for the caller. A caller with a key cannot make another one. */
export class CreateApiKey extends Command<CreatedApiKey> {
  constructor(
    readonly body: CreateApiKeyBody,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(CreateApiKey)
export class CreateApiKeyHandler implements ICommandHandler<CreateApiKey> {
  constructor(
    private readonly keys: KeyRing,
    private readonly secrets: SecretsOfKeys,
    @Inject(Contexts) private readonly contexts: Contexts,
  ) {}

  /** @throws NotAllowed, ScopeNotYours, ExpiryPast */
  async execute({ body, asker, metadata }: CreateApiKey): Promise<CreatedApiKey> {
    const { userId } = asker;
    if (userId === null || asker.sessionId === null) throw new NotAllowed('signed-in');
    const { name, scopes, expiresAt = null } = body;
    const { now } = metadata;
    const id = newPublicName();
    const allowed = Object.keys(this.contexts.permissions).filter((permission) => asker.can(permission));
    const secret = await this.secrets.make('key', id);
    try {
      const key = { id, userId, name, scopes, expiresAt };
      await this.keys.handle({ type: 'CreateApiKey', key, allowed, at: now }, metadata);
    } catch (error) {
      await this.secrets.erase(id);
      throw error;
    }
    return {
      id,
      userId,
      name,
      scopes: [...new Set(scopes)],
      createdAt: now,
      expiresAt,
      lastUsedAt: null,
      key: writeKey({ id, secret }),
    };
  }
}
