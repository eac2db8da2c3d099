import { type IQueryHandler, Query, QueryHandler } from '@nestjs/cqrs';
import type { ApiKeyList } from '@streamvault/api-contract';
import { KeyRing } from '../accounts.js';
import type { Asker } from '../asker.js';
import { SecretsOfKeys } from '../records/secrets-of-keys.js';

/** One's own, or all with the permission `users.view`. */
export class ListApiKeys extends Query<ApiKeyList> {
  constructor(readonly asker: Asker) {
    super();
  }
}

@QueryHandler(ListApiKeys)
export class ListApiKeysHandler implements IQueryHandler<ListApiKeys> {
  constructor(
    private readonly keys: KeyRing,
    private readonly secrets: SecretsOfKeys,
  ) {}

  async execute({ asker }: ListApiKeys): Promise<ApiKeyList> {
    const all = Object.values((await this.keys.current()).byId);
    const shown = asker.can('users.view')
      ? all
      : all.filter(({ userId }) => asker.sessionId !== null && userId === asker.userId);
    const used = await this.secrets.lastUsed('key');
    return {
      items: shown.map((key) => ({ ...key, scopes: [...key.scopes], lastUsedAt: used.get(key.id) ?? null })),
    };
  }
}
