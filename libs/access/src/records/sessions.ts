import type { Selectable } from 'kysely';
import type { AccessDatabase } from './access-records.js';
import type { AccessTables } from './access-tables.js';
import { newPublicName, newToken, tokenHash } from './token.js';

export type SessionRow = Selectable<AccessTables['access_sessions']>;
export type SignInMethod = 'password' | 'passkey' | 'identity-provider' | 'proxy' | 'set-up';

export interface NewSession {
  readonly userId: number;
  readonly method: SignInMethod;
  readonly agent: string;
  readonly address: string | null;
  readonly idToken?: string | undefined;
  /** ISO 8601 UTC. */
  readonly now: string;
}

const day = 24 * 3600 * 1000;
export const idleMilliseconds = 7 * day;
const absoluteMilliseconds: Readonly<Record<SignInMethod, number>> = {
  password: 30 * day,
  passkey: 30 * day,
  'set-up': 30 * day,
  // A provider cannot tell us that a user left, so the provider has to be asked again.
  'identity-provider': day,
  proxy: day,
};
const seenEveryMilliseconds = 5 * 60 * 1000;
const rememberedMilliseconds = 60 * 60 * 1000;
const rememberedAtMost = 1000;

/** Sessions of signed-in users. Only hashes of tokens are stored. */
export class Sessions {
  readonly #database: AccessDatabase;
  /** By the hash of the token, as last read. */
  readonly #known = new Map<string, { readonly row: SessionRow; readonly at: number }>();

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  async begin({ userId, method, agent, address, idToken, now }: NewSession): Promise<SessionRow & { token: string }> {
    const token = newToken();
    const row: SessionRow = {
      id: newPublicName(),
      token_hash: tokenHash(token),
      user_id: userId,
      method,
      agent,
      address,
      created_at: now,
      last_seen_at: now,
      expires_at: new Date(Date.parse(now) + absoluteMilliseconds[method]).toISOString(),
      id_token: idToken ?? null,
    };
    await this.#database.insertInto('access_sessions').values(row).execute();
    await this.#seen(userId, now);
    return { ...row, token };
  }

  /** The session of a token, if it has not ended. */
  async find(token: string, now: number = Date.now()): Promise<SessionRow | undefined> {
    const row = await this.#read(tokenHash(token), now);
    if (!row || !isAlive(row, now)) return undefined;
    if (now - Date.parse(row.last_seen_at) > seenEveryMilliseconds)
      // A full disk ends no session: it only expires a little earlier.
      await this.#extend(row, new Date(now).toISOString()).catch(() => undefined);
    return row;
  }

  /**
   * While the database is unavailable, recently signed-in users stay signed in, so that recordings can be stopped and
   * started.
   */
  async #read(hash: string, now: number): Promise<SessionRow | undefined> {
    try {
      const row = await this.#database
        .selectFrom('access_sessions')
        .selectAll()
        .where('token_hash', '=', hash)
        .executeTakeFirst();
      this.#remember(hash, row, now);
      return row;
    } catch (error) {
      const known = this.#known.get(hash);
      if (known && now - known.at < rememberedMilliseconds) return known.row;
      throw error;
    }
  }

  #remember(hash: string, row: SessionRow | undefined, at: number): void {
    // Moved to the end, so that the least recently used is removed first.
    this.#known.delete(hash);
    if (row) this.#known.set(hash, { row, at });
    const [oldest] = this.#known.keys();
    if (this.#known.size > rememberedAtMost && oldest !== undefined) this.#known.delete(oldest);
  }

  #forget(is: (row: SessionRow) => boolean): void {
    for (const [hash, { row }] of this.#known) if (is(row)) this.#known.delete(hash);
  }

  /** The same session under a new token: the old one becomes invalid. */
  async renew(token: string): Promise<{ token: string; expiresAt: string } | undefined> {
    const renewed = newToken();
    this.#known.delete(tokenHash(token));
    const row = await this.#database
      .updateTable('access_sessions')
      .set({ token_hash: tokenHash(renewed) })
      .where('token_hash', '=', tokenHash(token))
      .returning('expires_at')
      .executeTakeFirst();
    return row && { token: renewed, expiresAt: row.expires_at };
  }

  /** By its public name, if it has not ended: for what was given out on its behalf. */
  async byId(id: string, now: number = Date.now()): Promise<SessionRow | undefined> {
    const row = await this.#database.selectFrom('access_sessions').selectAll().where('id', '=', id).executeTakeFirst();
    return row && isAlive(row, now) ? row : undefined;
  }

  /** For one user, the most recently seen first. */
  async of(userId: number, now: number = Date.now()): Promise<SessionRow[]> {
    const rows = await this.#database
      .selectFrom('access_sessions')
      .selectAll()
      .where('user_id', '=', userId)
      .orderBy('last_seen_at', 'desc')
      .execute();
    return rows.filter((row) => isAlive(row, now));
  }

  /** By user. */
  async lastSeen(): Promise<ReadonlyMap<number, string>> {
    const rows = await this.#database.selectFrom('access_seen').selectAll().execute();
    return new Map(rows.map(({ user_id: id, at }) => [id, at]));
  }

  /** @returns the ids of the ended sessions */
  async end(of: { readonly userId: number; readonly id?: string; readonly except?: string }): Promise<string[]> {
    let query = this.#database.deleteFrom('access_sessions').where('user_id', '=', of.userId);
    if (of.id !== undefined) query = query.where('id', '=', of.id);
    if (of.except !== undefined) query = query.where('id', '!=', of.except);
    const rows = await query.returning('id').execute();
    const ids = new Set(rows.map(({ id }) => id));
    this.#forget(({ id }) => ids.has(id));
    return [...ids];
  }

  /**
   * The sessions continue.
   * @returns how many addresses there were
   */
  async eraseAddresses(userId: number): Promise<number> {
    this.#forget(({ user_id: id }) => id === userId);
    const { numUpdatedRows } = await this.#database
      .updateTable('access_sessions')
      .set({ address: null })
      .where('user_id', '=', userId)
      .where('address', 'is not', null)
      .executeTakeFirst();
    return Number(numUpdatedRows);
  }

  /**
   * Removes expired sessions.
   * @returns how many
   */
  async sweep(now: number = Date.now()): Promise<number> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('access_sessions')
      .where((where) =>
        where.or([
          where('expires_at', '<', new Date(now).toISOString()),
          where('last_seen_at', '<', new Date(now - idleMilliseconds).toISOString()),
        ]),
      )
      .executeTakeFirst();
    return Number(numDeletedRows);
  }

  async #extend({ token_hash: hash, user_id: userId }: SessionRow, now: string): Promise<void> {
    await this.#database
      .updateTable('access_sessions')
      .set({ last_seen_at: now })
      .where('token_hash', '=', hash)
      .execute();
    await this.#seen(userId, now);
  }

  async #seen(userId: number, at: string): Promise<void> {
    await this.#database
      .insertInto('access_seen')
      .values({ user_id: userId, at })
      .onConflict((conflict) => conflict.column('user_id').doUpdateSet({ at }))
      .execute();
  }
}

const isAlive = (row: SessionRow, now: number): boolean =>
  Date.parse(row.expires_at) > now && Date.parse(row.last_seen_at) + idleMilliseconds > now;
