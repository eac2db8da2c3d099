import { Injectable } from '@nestjs/common';
import type { CommandMetadata } from '@streamvault/kernel';
import { AccountDirectory, ShareRing } from './accounts.js';
import type { ShareItem, ShareLink } from './domain/share-decider.js';
import { allows } from './domain/roles.js';
import { SecretsOfKeys } from './records/secrets-of-keys.js';

const day = 24 * 3600 * 1000;

/** Valid share links: not revoked, not expired, and of a user who may still share. */
@Injectable()
export class ShareBook {
  constructor(
    private readonly shares: ShareRing,
    private readonly accounts: AccountDirectory,
    private readonly secrets: SecretsOfKeys,
  ) {}

  async byId(id: string, now: number = Date.now()): Promise<ShareLink | undefined> {
    const share = (await this.shares.current()).byId[id];
    return share && (await this.#isValid(share, now)) ? share : undefined;
  }

  /** What the links lead to at that time, in milliseconds since the epoch. */
  async items(now: number): Promise<readonly ShareItem[]> {
    const items: ShareItem[] = [];
    for (const share of Object.values((await this.shares.current()).byId))
      if (await this.#isValid(share, now)) items.push(share.item);
    return items;
  }

  async byToken(token: string): Promise<ShareLink | undefined> {
    const id = await this.secrets.idOf('share', token);
    return id === undefined ? undefined : this.byId(id);
  }

  /** Records that it was opened; once a day is enough. */
  async noteOpening({ id }: ShareLink, metadata: CommandMetadata): Promise<void> {
    const now = Date.parse(metadata.now);
    const before = (await this.secrets.lastUsed('share')).get(id);
    if (before !== undefined && now - Date.parse(before) < day) return;
    await this.secrets.used(id, metadata.now);
    await this.shares.handle(
      { type: 'NoteOpening', shareId: id, at: metadata.now },
      { ...metadata, actor: `share:${id}` },
    );
  }

  async #isValid({ expiresAt, userId }: ShareLink, now: number): Promise<boolean> {
    if (expiresAt !== null && Date.parse(expiresAt) <= now) return false;
    const { all } = await this.accounts.current();
    const maker = all.find((account) => account.id === userId && !account.disabled);
    return maker !== undefined && allows(maker.role, 'shares.change');
  }
}
