import type { EntityManager } from '@mikro-orm/sql';

/**
 * One transaction on a fork of `em`, flushed and committed. The connection is returned whatever fails.
 *
 * MikroORM's own `transactional` keeps the connection for ever if the rollback fails, and it fails just when it
 * matters: SQLite has already rolled back on a full disk, and PostgreSQL's connection is gone. On SQLite, which has
 * only one connection, all later reads would wait for ever. Kysely's callback form always returns it.
 */
export async function inTransaction<Result>(
  em: EntityManager,
  work: (em: EntityManager) => Promise<Result>,
): Promise<Result> {
  // A fork per transaction: no entity outlives it, so none can be stale.
  const fork = em.fork({ useContext: false });
  const connection = fork.getConnection('write');
  await connection.ensureConnection();
  let failure: { readonly error: unknown } | undefined;
  try {
    return await connection
      .getClient()
      .transaction()
      .execute(async (transaction) => {
        fork.setTransactionContext(transaction);
        try {
          const result = await work(fork);
          await fork.flush();
          return result;
        } catch (error) {
          failure = { error };
          throw error;
        } finally {
          fork.resetTransactionContext();
        }
      });
  } catch (error) {
    // A rollback that fails as well must not hide the original error.
    throw failure ? failure.error : error;
  }
}
