import { createHmac } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { AccessDatabase } from './access-records.js';
import type { AccessTables } from './access-tables.js';
import { keyMadeOnce } from './key-made-once.js';

export type PasskeyRow = Omit<Selectable<AccessTables['access_passkeys']>, 'counter' | 'transports'> & {
  readonly counter: number;
  readonly transports: readonly string[];
};

/** Public keys of passkeys. A copy of them opens nothing, but a person who can change them can sign in. */
export class Passkeys {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /**
   * Stored before the log names it.
   * @returns false if that authenticator's credential is stored already
   */
  async keep(row: Omit<PasskeyRow, 'last_used_at'>): Promise<boolean> {
    const { numInsertedOrUpdatedRows } = await this.#database
      .insertInto('access_passkeys')
      .values({ ...row, transports: JSON.stringify(row.transports), last_used_at: null })
      .onConflict((conflict) => conflict.column('credential_id').doNothing())
      .executeTakeFirstOrThrow();
    return Number(numInsertedOrUpdatedRows ?? 0) === 1;
  }

  async byCredential(credentialId: string): Promise<PasskeyRow | undefined> {
    const row = await this.#database
      .selectFrom('access_passkeys')
      .selectAll()
      .where('credential_id', '=', credentialId)
      .executeTakeFirst();
    return row && toRow(row);
  }

  async of(userId: number): Promise<PasskeyRow[]> {
    const rows = await this.#database.selectFrom('access_passkeys').selectAll().where('user_id', '=', userId).execute();
    return rows.map((row) => toRow(row));
  }

  /** One name for all passkeys of an account: by it authenticators know the account, and learn nothing of it. */
  async handleOf(userId: number): Promise<string> {
    const key = await keyMadeOnce(this.#database, 'passkey-handle-key');
    return createHmac('sha256', key).update(`user ${userId}`).digest('base64url');
  }

  async hasSome(site: string): Promise<boolean> {
    const row = await this.#database
      .selectFrom('access_passkeys')
      .select('id')
      .where('site', '=', site)
      .limit(1)
      .executeTakeFirst();
    return row !== undefined;
  }

  /**
   * Authenticators that count, count up. Those that do not always say 0, as synchronized passkeys do.
   * @returns false if the counter went back or stood still, also if another sign-in was faster with the same one
   */
  async used(id: string, counter: number, at: string): Promise<boolean> {
    const { numUpdatedRows } = await this.#database
      .updateTable('access_passkeys')
      .set({ counter, last_used_at: at })
      .where('id', '=', id)
      .where((where) => (counter === 0 ? where('counter', '=', 0) : where('counter', '<', counter)))
      .executeTakeFirst();
    return Number(numUpdatedRows) === 1;
  }

  async erase(id: string): Promise<void> {
    await this.#database.deleteFrom('access_passkeys').where('id', '=', id).execute();
  }

  async eraseOf(userId: number): Promise<void> {
    await this.#database.deleteFrom('access_passkeys').where('user_id', '=', userId).execute();
  }
}

const toRow = ({ counter, transports, ...row }: Selectable<AccessTables['access_passkeys']>): PasskeyRow => ({
  ...row,
  counter: Number(counter),
  transports: JSON.parse(transports) as string[],
});
