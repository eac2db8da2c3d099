import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hash, parseOptions } from '@node-rs/argon2';
import { PostgresServer } from '../../../kernel/src/postgres-server.testing.js';
import { SweepAccessJob } from '../sweep-access.job.js';
import { AccessRecords } from './access-records.js';
import { Addresses } from './addresses.js';
import { LinkSigner, readSignature } from './link-signer.js';
import { Passwords } from './passwords.js';
import { PendingSignIns } from './pending-sign-ins.js';
import { SecretsOfKeys } from './secrets-of-keys.js';
import { Sessions } from './sessions.js';
import { Tries, TooManyTries } from './tries.js';

let postgres: PostgresServer;
beforeAll(async () => {
  postgres = await PostgresServer.start();
});
afterAll(() => postgres.dispose());

const now = '2026-11-30T12:00:00.000Z';
const urls = { SQLite: () => Promise.resolve('sqlite::memory:'), PostgreSQL: () => postgres.createDatabase() };

describe.each(['SQLite', 'PostgreSQL'] as const)('the records of access on %s', (kind) => {
  let records: AccessRecords;
  let url: string;
  beforeAll(async () => {
    url = await urls[kind]();
    records = await AccessRecords.open(url);
    // A second process finds the tables there.
    if (kind === 'PostgreSQL') await (await AccessRecords.open(url)).onApplicationShutdown();
  });
  afterAll(() => records.onApplicationShutdown());

  it('keep sessions, and end them', async () => {
    const sessions = new Sessions(records.database);
    const { token, id } = await sessions.begin({ userId: 1, method: 'password', agent: 'x', address: null, now });
    const at = Date.parse(now);
    expect(await sessions.find(token, at)).toMatchObject({ id, user_id: 1 });
    expect(await sessions.find(token, at + 8 * 24 * 3_600_000)).toBeUndefined();
    const renewed = await sessions.renew(token);
    expect(await sessions.find(token, at)).toBeUndefined();
    expect(await sessions.find(renewed!.token, at)).toMatchObject({ id });
    expect(await sessions.byId(id, at)).toMatchObject({ id });
    expect(await sessions.end({ userId: 1 })).toEqual([id]);
    expect([await sessions.find(renewed!.token, at), await sessions.byId(id, at)]).toEqual([undefined, undefined]);
  });

  it('keep passwords, and compare them', async () => {
    const passwords = new Passwords(records.database);
    await passwords.keep('one', 'quiet harbour', now);
    expect([await passwords.matches('one', 'quiet harbour'), await passwords.matches('one', 'loud')]).toEqual([
      true,
      false,
    ]);
    await passwords.erase('one');
    expect(await passwords.matches('one', 'quiet harbour')).toBe(false);
  });

  it('make a password more expensive when it is used, if it was kept at an earlier cost', async () => {
    const passwords = new Passwords(records.database);
    const { database } = records;
    const cheap = await hash('quiet harbour', { memoryCost: 8192, timeCost: 1, parallelism: 1 });
    await database.insertInto('access_credentials').values({ id: 'old', hash: cheap, created_at: now }).execute();
    const kept = async () => {
      const rows = database.selectFrom('access_credentials').select('hash').where('id', '=', 'old');
      return (await rows.executeTakeFirstOrThrow()).hash;
    };
    // A wrong password shows nothing of the right one.
    expect([await passwords.matches('old', 'loud'), await kept()]).toEqual([false, cheap]);
    expect(await passwords.matches('old', 'quiet harbour')).toBe(true);
    const better = await kept();
    expect(better).toMatch(/^\$argon2id\$/);
    expect(parseOptions(better)).toMatchObject({ memoryCost: 19_456, timeCost: 2, parallelism: 1 });
    expect([await passwords.matches('old', 'quiet harbour'), await passwords.matches('old', 'loud')]).toEqual([
      true,
      false,
    ]);
    // Once is enough.
    expect(await kept()).toBe(better);
    await passwords.erase('old');
  });

  it('forget addresses after 30 days, and sessions that have ended', async () => {
    const [addresses, sessions, tries] = [Addresses, Sessions, Tries].map((make) => new make(records.database)) as [
      Addresses,
      Sessions,
      Tries,
    ];
    const hour = 3_600_000;
    const month = 30 * 24 * hour;
    const at = Date.parse(now);
    await addresses.keep('earlier', '192.0.2.1', now);
    await addresses.keep('later', '192.0.2.2', new Date(at + 2 * hour).toISOString());
    await sessions.begin({ userId: 7, method: 'password', agent: 'x', address: '192.0.2.1', now });
    const known = async () => [...(await addresses.of(['earlier', 'later', 'never'])).keys()].toSorted();
    const job = new SweepAccessJob(records, addresses, sessions, tries);
    expect((await job.sweep(at + month - hour)).figures).toMatchObject({ addresses: 0 });
    expect(await known()).toEqual(['earlier', 'later']);
    expect(await job.sweep(at + month + hour)).toMatchObject({ figures: { addresses: 1 } });
    expect(await known()).toEqual(['later']);
    const left = await records.database
      .selectFrom('access_sessions')
      .select('address')
      .where('user_id', '=', 7)
      .execute();
    expect(left).toEqual([]);
    expect(await addresses.erase(['later', 'never'])).toBe(1);
    expect(await known()).toEqual([]);
  });

  it('count failures, also after a restart', async () => {
    const attempt = { name: 'ann', address: '192.0.2.1', device: undefined };
    const at = Date.parse(now);
    for (let n = 0; n < 6; n += 1) await new Tries(records.database).failed(attempt, at);
    await expect(new Tries(records.database).require(attempt, at)).rejects.toThrow(TooManyTries);
    await new Tries(records.database).succeeded(attempt);
    await new Tries(records.database).require(attempt, at);
  });

  it('keep secrets of keys and shares by their hashes', async () => {
    const secrets = new SecretsOfKeys(records.database);
    const secret = await secrets.make('share', 'a1');
    expect([await secrets.idOf('share', secret), await secrets.idOf('key', secret)]).toEqual(['a1', undefined]);
    await secrets.used('a1', now);
    expect((await secrets.lastUsed('share')).get('a1')).toBe(now);
    const rows = await records.database.selectFrom('access_secrets').selectAll().execute();
    expect(JSON.stringify(rows)).not.toContain(secret);
    await secrets.erase('a1');
    expect(await secrets.idOf('share', secret)).toBeUndefined();
  });

  it('take a sign-in that is under way once', async () => {
    const pending = new PendingSignIns(records.database);
    const at = Date.parse(now);
    const [used, late] = [await pending.keep({ state: 'a' }, at), await pending.keep({ state: 'b' }, at)];
    expect(await pending.take(used, at)).toEqual({ state: 'a' });
    expect(await pending.take(used, at)).toBeUndefined();
    expect(await pending.take(late, at + 11 * 60_000)).toBeUndefined();
  });

  it('sign addresses that another process believes', async () => {
    const item = { kind: 'video', id: 7 } as const;
    const query = await new LinkSigner(records.database).sign(
      item,
      { kind: 'share', id: '0123456789abcdef' },
      1_800_000_000,
    );
    const signature = readSignature(Object.fromEntries(new URLSearchParams(query)));
    expect(signature).toMatchObject({ expires: 1_800_000_000 });
    const other = new LinkSigner(records.database);
    expect(await other.isOurs(item, signature as never)).toBe(true);
    expect(await other.isOurs({ ...item, id: 8 }, signature as never)).toBe(false);
    expect(await other.isOurs(item, { ...(signature as object), expires: 1_900_000_000 } as never)).toBe(false);
  });
});
