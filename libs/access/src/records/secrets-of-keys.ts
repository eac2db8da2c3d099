import { timingSafeEqual } from 'node:crypto';
import type { AccessDatabase } from './access-records.js';
import { newToken, tokenHash } from './token.js';

export type SecretKind = 'key' | 'share';

const usedEveryMilliseconds = 60 * 60 * 1000;

/** Secrets of API keys and share links, as hashes only, so that a copy of the records opens nothing. */
export class SecretsOfKeys {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /** A new secret. It is shown once, and stored as a hash before the log names it. */
  async make(kind: SecretKind, id: string, passwordHash: string | null = null): Promise<string> {
    const secret = newToken();
    await this.#database
      .insertInto('access_secrets')
      .values({ id, kind, hash: tokenHash(secret), password_hash: passwordHash, last_used_at: null })
      .execute();
    return secret;
  }

  async matches(kind: SecretKind, id: string, secret: string, now: number = Date.now()): Promise<boolean> {
    const row = await this.#database
      .selectFrom('access_secrets')
      .selectAll()
      .where('id', '=', id)
      .where('kind', '=', kind)
      .executeTakeFirst();
    if (!row || !timingSafeEqual(Buffer.from(row.hash), Buffer.from(tokenHash(secret)))) return false;
    if (now - Date.parse(row.last_used_at ?? '1970-01-01') > usedEveryMilliseconds)
      // A full disk must not stop programs that only read.
      await this.used(id, new Date(now).toISOString()).catch(() => undefined);
    return true;
  }

  /** The id for a secret. The hash is looked up, so that the time it takes reveals nothing. */
  async idOf(kind: SecretKind, secret: string): Promise<string | undefined> {
    const row = await this.#database
      .selectFrom('access_secrets')
      .select('id')
      .where('hash', '=', tokenHash(secret))
      .where('kind', '=', kind)
      .executeTakeFirst();
    return row?.id;
  }

  async passwordHash(id: string): Promise<string | null> {
    const row = await this.#database
      .selectFrom('access_secrets')
      .select('password_hash')
      .where('id', '=', id)
      .executeTakeFirst();
    return row?.password_hash ?? null;
  }

  /** By id, for those that were used. */
  async lastUsed(kind: SecretKind): Promise<ReadonlyMap<string, string>> {
    const rows = await this.#database
      .selectFrom('access_secrets')
      .select(['id', 'last_used_at'])
      .where('kind', '=', kind)
      .execute();
    return new Map(rows.flatMap(({ id, last_used_at: at }) => (at === null ? [] : [[id, at] as const])));
  }

  async erase(id: string): Promise<void> {
    await this.#database.deleteFrom('access_secrets').where('id', '=', id).execute();
  }

  async used(id: string, at: string): Promise<void> {
    await this.#database.updateTable('access_secrets').set({ last_used_at: at }).where('id', '=', id).execute();
  }
}
