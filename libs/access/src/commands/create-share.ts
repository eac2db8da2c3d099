import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CreateShareBody } from '@streamvault/api-contract';
import type { CommandMetadata } from '@streamvault/kernel';
import { ShareRing } from '../accounts.js';
import { type Asker, NotAllowed, requirePermission } from '../asker.js';
import type { ShareItem, ShareLink } from '../domain/share-decider.js';
import { Passwords } from '../records/passwords.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';
import { newPublicName } from '../records/token.js';

export interface NewShare {
  readonly share: ShareLink;
  /** For its address, shown only now. */
  readonly token: string;
}

export class CreateShare extends Command<NewShare> {
  constructor(
    readonly item: ShareItem,
    readonly terms: Pick<CreateShareBody, 'name' | 'expiresAt' | 'password' | 'download'>,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(CreateShare)
export class CreateShareHandler implements ICommandHandler<CreateShare> {
  constructor(
    private readonly shares: ShareRing,
    private readonly secrets: SecretsOfKeys,
    private readonly passwords: Passwords,
  ) {}

  /** @throws NotAllowed, ExpiryPast, TooManyAtOnce */
  async execute({ item, terms, asker, metadata }: CreateShare): Promise<NewShare> {
    requirePermission(asker, 'shares.change');
    const { userId } = asker;
    if (userId === null) throw new NotAllowed('signed-in');
    // A user who may not save the file cannot allow it to others.
    if (terms.download) requirePermission(asker, 'videos.download');
    const { name, expiresAt = null, password, download = false } = terms;
    const id = newPublicName();
    const hashed = password === undefined ? null : await this.passwords.hash(password);
    const token = await this.secrets.make('share', id, hashed);
    const share = {
      id,
      item,
      name: name === undefined || name === '' ? null : name,
      userId,
      hasPassword: hashed !== null,
      download,
      expiresAt,
    };
    try {
      await this.shares.handle({ type: 'CreateShare', share, at: metadata.now }, metadata);
    } catch (error) {
      await this.secrets.erase(id);
      throw error;
    }
    return { share: { ...share, createdAt: metadata.now }, token };
  }
}
