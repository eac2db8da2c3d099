import { Command, CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import type { CommandMetadata } from '@streamvault/kernel';
import { ShareRing } from '../accounts.js';
import { type Asker, requireOwnOr } from '../asker.js';
import { ShareNotFound } from '../domain/share-decider.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';

/** From then on the link and all addresses that were signed for it open nothing. */
export class RevokeShare extends Command<void> {
  constructor(
    readonly shareId: string,
    readonly asker: Asker,
    readonly metadata: CommandMetadata,
  ) {
    super();
  }
}

@CommandHandler(RevokeShare)
export class RevokeShareHandler implements ICommandHandler<RevokeShare> {
  constructor(
    private readonly shares: ShareRing,
    private readonly secrets: SecretsOfKeys,
  ) {}

  /** @throws ShareNotFound, NotAllowed */
  async execute({ shareId, asker, metadata }: RevokeShare): Promise<void> {
    const share = (await this.shares.current()).byId[shareId];
    if (!share) throw new ShareNotFound();
    requireOwnOr(asker, share.userId, 'users.change');
    await this.secrets.erase(shareId);
    await this.shares.handle({ type: 'RevokeShare', shareId, at: metadata.now }, metadata);
  }
}
