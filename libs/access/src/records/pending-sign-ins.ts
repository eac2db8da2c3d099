import { DomainError } from '@streamvault/kernel';
import type { AccessDatabase } from './access-records.js';
import { newToken, tokenHash } from './token.js';

export class TooManySignIns extends DomainError {
  readonly code = 'session.busy';
  readonly kind = 'too-fast';
  constructor() {
    super('Too many sign-ins are under way. Try again in a minute.', { retryAfterSeconds: 60 });
  }
}

const goodMilliseconds = 10 * 60 * 1000;
const most = 1000;

/**
 * What must be remembered between two requests of one sign-in, under a name that only that browser has. Each is used
 * once.
 */
export class PendingSignIns {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /**
   * @returns the name, for a cookie
   * @throws TooManySignIns
   */
  async keep(value: object, now: number): Promise<string> {
    const before = new Date(now - goodMilliseconds).toISOString();
    await this.#database.deleteFrom('access_pending').where('at', '<', before).execute();
    const { count } = await this.#database
      .selectFrom('access_pending')
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirstOrThrow();
    if (Number(count) >= most) throw new TooManySignIns();
    const name = newToken();
    await this.#database
      .insertInto('access_pending')
      .values({ name_hash: tokenHash(name), value: JSON.stringify(value), at: new Date(now).toISOString() })
      .execute();
    return name;
  }

  /** Undefined if it has expired, was used, or never existed. */
  async take<Value>(name: string, now: number): Promise<Value | undefined> {
    const row = await this.#database
      .deleteFrom('access_pending')
      .where('name_hash', '=', tokenHash(name))
      .returningAll()
      .executeTakeFirst();
    if (!row || now - Date.parse(row.at) > goodMilliseconds) return undefined;
    return JSON.parse(row.value) as Value;
  }
}
