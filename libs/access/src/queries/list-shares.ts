import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { Share, ShareList } from '@streamvault/api-contract';
import { ShareRing } from '../accounts.js';
import { type Asker, requirePermission } from '../asker.js';
import type { ShareItem, ShareLink } from '../domain/share-decider.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';

/** One's own, or all with the permission `users.view`; for one item, or for all. */
export class ListShares extends Query<ShareList> {
  constructor(
    readonly asker: Asker,
    readonly of?: ShareItem,
  ) {
    super();
  }
}

@QueryHandler(ListShares)
export class ListSharesHandler implements IQueryHandler<ListShares> {
  constructor(
    private readonly shares: ShareRing,
    private readonly secrets: SecretsOfKeys,
  ) {}

  /** @throws NotAllowed */
  async execute({ asker, of }: ListShares): Promise<ShareList> {
    requirePermission(asker, 'shares.change');
    const all = Object.values((await this.shares.current()).byId);
    const shown = all.filter(
      ({ item, userId }) =>
        (!of || (item.kind === of.kind && item.id === of.id)) &&
        (asker.can('users.view') || (asker.sessionId !== null && userId === asker.userId)),
    );
    const opened = await this.secrets.lastUsed('share');
    return { items: shown.map((share) => toShare(share, opened.get(share.id))) };
  }
}

export const toShare = ({ item, userId, ...facts }: ShareLink, lastOpenedAt: string | undefined): Share => ({
  ...facts,
  videoId: item.kind === 'video' ? item.id : null,
  recordingId: item.kind === 'recording' ? item.id : null,
  createdBy: userId,
  lastOpenedAt: lastOpenedAt ?? null,
});
