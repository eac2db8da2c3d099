import { randomBytes } from 'node:crypto';
import type { AccessDatabase } from './access-records.js';

/** A random key of the installation. If two processes make it at once, one wins for both. */
export async function keyMadeOnce(database: AccessDatabase, name: string): Promise<Buffer> {
  await database
    .insertInto('access_values')
    .values({ name, value: randomBytes(32).toString('base64url') })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  const { value } = await database
    .selectFrom('access_values')
    .select('value')
    .where('name', '=', name)
    .executeTakeFirstOrThrow();
  return Buffer.from(value, 'base64url');
}
