import { StartRefused } from '../start-refused.js';

export interface SqliteAddress {
  readonly engine: 'sqlite';
  readonly file: string;
}

export interface PostgresAddress {
  readonly engine: 'postgresql';
  /** With its password: for the driver only. */
  readonly url: string;
  readonly user: string | undefined;
  readonly database: string;
  /** For people: the host and database only. */
  readonly place: string;
}

const form = 'DATABASE_URL must be sqlite:<path> or postgresql://<user>:<password>@<host>:<port>/<database>';

/** @throws StartRefused that says what it must be and never what it is, because it may contain a password */
export function parseDatabaseUrl(text: string): SqliteAddress | PostgresAddress {
  const file = /^sqlite:(?<file>.+)$/s.exec(text)?.groups?.['file'];
  if (file !== undefined) return { engine: 'sqlite', file };
  if (!/^postgres(ql)?:\/\//.test(text)) throw new StartRefused(`${form}.`);
  try {
    const { hostname, password, pathname, port, searchParams, username } = new URL(text);
    // Decoded only as a check: the driver decodes it again, in the middle of a connection.
    decodeURIComponent(password);
    const database = decodeURIComponent(pathname.slice(1));
    if (database === '' || database.includes('/')) throw new StartRefused(`${form}. It names no database.`);
    const host = hostname || searchParams.get('host') || 'localhost';
    return {
      engine: 'postgresql',
      url: text,
      user: username === '' ? undefined : decodeURIComponent(username),
      database,
      place: `${host}:${port || '5432'}, database ${database}`,
    };
  } catch (error) {
    if (error instanceof StartRefused) throw error;
    // A URL that cannot be parsed mostly has a password with a special character.
    throw new StartRefused(`${form}. Write special characters of the password as %XX.`);
  }
}
