import type { AccessDatabase } from './access-records.js';

const day = 24 * 3600 * 1000;
/** Addresses are personal data. Nothing needs them for longer. */
export const addressesDays = 30;
/** Parameters of one statement. */
const atOnce = 500;

/** The addresses that caused events of the log. They are beside the log, where they can be erased. */
export class Addresses {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /** @param at ISO 8601 UTC */
  async keep(eventId: string, address: string, at: string): Promise<void> {
    await this.#database
      .insertInto('access_addresses')
      .values({ event_id: eventId, address, at })
      .onConflict((conflict) => conflict.column('event_id').doNothing())
      .execute();
  }

  /** By event, as far as they are still known. */
  async of(eventIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const known = new Map<string, string>();
    for (let first = 0; first < eventIds.length; first += atOnce) {
      const rows = await this.#database
        .selectFrom('access_addresses')
        .select(['event_id', 'address'])
        .where('event_id', 'in', eventIds.slice(first, first + atOnce))
        .execute();
      for (const { event_id: id, address } of rows) known.set(id, address);
    }
    return known;
  }

  /** @returns how many there were */
  async erase(eventIds: readonly string[]): Promise<number> {
    let erased = 0;
    for (let first = 0; first < eventIds.length; first += atOnce) {
      const { numDeletedRows } = await this.#database
        .deleteFrom('access_addresses')
        .where('event_id', 'in', eventIds.slice(first, first + atOnce))
        .executeTakeFirst();
      erased += Number(numDeletedRows);
    }
    return erased;
  }

  /**
   * Erases those that are older than 30 days.
   * @returns how many
   */
  async sweep(now: number): Promise<number> {
    const { numDeletedRows } = await this.#database
      .deleteFrom('access_addresses')
      .where('at', '<', new Date(now - addressesDays * day).toISOString())
      .executeTakeFirst();
    return Number(numDeletedRows);
  }
}
