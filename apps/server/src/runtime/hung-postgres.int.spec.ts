import { contexts } from '@streamvault/contexts';
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { isTransient } from '@streamvault/kernel';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { forRequests, openReadDatabase, type ReadOrm } from '@streamvault/storage';

let server: PostgresServer;
let patient: ReadOrm;
let orm: ReadOrm;

beforeAll(async () => {
  server = await PostgresServer.start();
  const url = await server.createDatabase();
  patient = await openReadDatabase(url, contexts);
  orm = await forRequests(url, patient, contexts);
});
afterAll(async () => {
  await orm.close(true);
  await patient.close(true);
  await server.stop();
});

/** Why a request's query failed, and after how long. */
async function failureOf(query: Promise<unknown>): Promise<{ error: unknown; seconds: number }> {
  const began = performance.now();
  const error: unknown = await query.then(
    () => undefined,
    (failure: unknown) => failure,
  );
  return { error, seconds: (performance.now() - began) / 1000 };
}

it('gives up waiting for a table that another connection has locked', async () => {
  const connection = patient.em.getConnection();
  await connection
    .getClient()
    .connection()
    .execute(async (held) => {
      const run = (statement: string) => connection.execute(statement, [], 'run', held as never);
      await run('begin');
      await run('lock table projection_checkpoints in access exclusive mode');
      const { error, seconds } = await failureOf(orm.em.fork().execute('select * from projection_checkpoints'));
      expect(isTransient(error)).toBe(true);
      expect(seconds).toBeLessThan(5);
      await run('rollback');
    });
});

it('gives up a server that no longer answers, and uses it again once it does', async () => {
  const [row] = await orm.em.fork().execute<{ pid: number }[]>('select pg_backend_pid() as pid');
  process.kill(row!.pid, 'SIGSTOP');
  try {
    const { error, seconds } = await failureOf(orm.em.fork().execute('select 1'));
    expect(isTransient(error)).toBe(true);
    expect(seconds).toBeLessThan(8);
  } finally {
    process.kill(row!.pid, 'SIGCONT');
  }
  expect(await orm.em.fork().execute('select 1 as one')).toEqual([{ one: 1 }]);
});
