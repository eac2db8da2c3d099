import { contexts } from '@streamvault/contexts';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresServer } from '@streamvault/kernel/postgres-testing';
import { StreamerRow } from '@streamvault/streamers';
import { openReadDatabase } from '@streamvault/storage';

describe('the read databases', () => {
  let folder: string;
  let server: PostgresServer;
  let made = 0;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sv-read-database-'));
    server = await PostgresServer.start();
  });
  afterAll(async () => {
    await server.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  const fresh = (engine: string): Promise<string> | string =>
    engine === 'SQLite' ? `sqlite:${join(folder, `read-${(made += 1)}.db`)}` : server.createDatabase();
  const refusal = (url: string): Promise<string> =>
    openReadDatabase(url, contexts).then(
      () => 'It was opened.',
      (error: Error) => error.message,
    );

  describe.each(['SQLite', 'PostgreSQL'])('the tables on %s', (engine) => {
    it('are exactly what the entities describe', async () => {
      const orm = await openReadDatabase(await fresh(engine), contexts);
      const missing = await orm.schema.getUpdateSchemaSQL({ wrap: false });
      await orm.close();
      expect(missing.replace("set names 'utf8';", '').trim()).toBe('');
    });

    it('are created once: opening again keeps their content', async () => {
      const url = await fresh(engine);
      const first = await openReadDatabase(url, contexts);
      await first.em.getConnection().execute("insert into projection_checkpoints (name, version) values ('kept', 1)");
      await first.close();
      const again = await openReadDatabase(url, contexts);
      expect(await again.em.getConnection().execute('select name from projection_checkpoints')).toEqual([
        { name: 'kept' },
      ]);
      await again.close();
    });

    it('of an earlier release are taken over, and can be read until they are rebuilt', async () => {
      const url = await fresh(engine);
      const first = await openReadDatabase(url, contexts);
      const connection = first.em.getConnection();
      for (const statement of [
        'alter table projection_checkpoints drop column shape',
        'alter table streamers drop column proxies',
        'alter table streamers drop column ads',
        'create table mikro_orm_migrations (name text)',
        "insert into streamers (id, name, url, platform, auto_record, quality, created_at) values (1, 'Old', 'https://a.example/1.m3u8', 'hls', false, 'best', '2026-11-22T00:00:00.000Z')",
      ])
        await connection.execute(statement);
      await first.close();
      const again = await openReadDatabase(url, contexts);
      expect(await again.em.fork().findOne(StreamerRow, { id: 1 })).toMatchObject({
        name: 'Old',
        ads: null,
        proxies: null,
      });
      await expect(again.em.getConnection().execute('select 1 from mikro_orm_migrations')).rejects.toThrow();
      await again.close();
    });
  });

  it('are created by one of several servers that start at once', async () => {
    const url = await server.createDatabase();
    const opened = await Promise.all([1, 2, 3, 4].map(() => openReadDatabase(url, contexts)));
    expect(await opened[0]?.em.fork().count(StreamerRow)).toBe(0);
    for (const orm of opened) await orm.close();
  });

  it('sort text by code point on PostgreSQL, whatever the database does', async () => {
    const orm = await openReadDatabase(await server.createDatabase(), contexts);
    const columns = await orm.em
      .getConnection()
      .execute<{ name: string }[]>(
        `select table_name || '.' || column_name as name from information_schema.columns where collation_name = 'C' and table_schema = current_schema()`,
      );
    await orm.close();
    expect(columns.map(({ name }) => name).toSorted()).toEqual([
      'broadcasts.due_at',
      'broadcasts.started_at',
      'notice_deliveries.held_until',
      'notice_deliveries.place',
      'video_search.category',
      'video_search.place',
      'video_search.recorded_at',
      'video_search.search_text',
      'videos.binned_at',
      'videos.purge_after',
      'videos.recorded_at',
    ]);
  });

  describe('refuse with one line that says what to do', () => {
    it('a file that is not a database', async () => {
      const file = join(folder, 'text.db');
      await writeFile(file, 'this is not a database, and long enough to be looked at as one'.repeat(40));
      expect(await refusal(`sqlite:${file}`)).toMatch(/delete the file that DATABASE_URL names/);
    });

    it.each([
      ['another scheme', 'mysql://u:secret-word@h/db'],
      ['no database', 'postgresql://u:secret-word@h'],
      ['a password that is not encoded', 'postgresql://u:secret-word/#@h/db'],
      ['half an escape', 'postgresql://u:secret-word%@h/db'],
      ['nothing', 'postgresql://'],
    ])('a URL with %s', async (_, url) => {
      const message = await refusal(url);
      expect(message).toMatch(/^DATABASE_URL must be sqlite:<path> or postgresql:/);
      expect(message).not.toContain('secret-word');
    });

    it('a wrong password, a missing database, and a missing server', async () => {
      expect(await refusal(server.url('test', 'secret-word'))).toMatch(/Correct user and password in DATABASE_URL\.$/);
      expect(await refusal(server.url('nowhere'))).toMatch(/database "nowhere" does not exist.*Create the database/);
      const url = new URL(server.url('test'));
      url.port = '1';
      expect(await refusal(url.href)).toMatch(
        /PostgreSQL at 127\.0\.0\.1:1, database test cannot be used \(.*ECONNREFUSED.*Check that it runs/,
      );
      for (const wrong of [server.url('test', 'secret-word'), server.url('nowhere'), url.href]) {
        const message = await refusal(wrong);
        expect(message).not.toContain('\n');
        for (const secret of ['secret-word', ...PostgresServer.secrets]) expect(message).not.toContain(secret);
      }
    });

    it('a database that cannot hold every title', async () => {
      await server.administer(
        "create database latin encoding 'LATIN1' locale_provider libc locale 'C' template template0",
      );
      expect(await refusal(server.url('latin'))).toMatch(/stores text as LATIN1.*encoding UTF8/);
    });
  });
});
