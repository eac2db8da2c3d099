import type { Kysely } from 'kysely';

/** Instants are ISO 8601 UTC, hashes base64url. */
export interface AccessTables {
  /** Passwords by their name in the log. */
  readonly access_credentials: { readonly id: string; readonly hash: string; readonly created_at: string };
  readonly access_sessions: {
    readonly id: string;
    readonly token_hash: string;
    readonly user_id: number;
    readonly method: string;
    readonly agent: string;
    readonly address: string | null;
    readonly created_at: string;
    readonly last_seen_at: string;
    readonly expires_at: string;
    /** For an identity provider's sign-in: what it needs at sign-out. */
    readonly id_token: string | null;
  };
  /** When a user was last seen; outlives the sessions. */
  readonly access_seen: { readonly user_id: number; readonly at: string };
  /** Browsers from which a user signed in before: many failed tries by others do not slow them down. */
  readonly access_devices: {
    readonly token_hash: string;
    readonly user_id: number;
    readonly last_used_at: string;
  };
  /** Failed sign-ins: by account and network. */
  readonly access_tries: {
    readonly subject: string;
    readonly failures: number;
    readonly last_failed_at: string;
    readonly blocked_until: string;
  };
  /** Secrets of API keys and share links, hashed, by their id in the log. */
  readonly access_secrets: {
    readonly id: string;
    readonly kind: string;
    readonly hash: string;
    readonly password_hash: string | null;
    readonly last_used_at: string | null;
  };
  /** The address that caused an event of the log. */
  readonly access_addresses: { readonly event_id: string; readonly address: string; readonly at: string };
  /** Sign-ins that are in progress at an identity provider. */
  readonly access_pending: { readonly name_hash: string; readonly value: string; readonly at: string };
  /** Passkeys by their name in the log; only what is public of them. */
  readonly access_passkeys: {
    readonly id: string;
    readonly user_id: number;
    /** By this an authenticator knows the account. */
    readonly user_handle: string;
    readonly credential_id: string;
    readonly public_key: string;
    /** A string in PostgreSQL, because it may exceed 31 bits. */
    readonly counter: number | string;
    readonly transports: string;
    readonly site: string;
    readonly last_used_at: string | null;
  };
  /** Challenges that were answered: none is answered twice. */
  readonly access_answered: { readonly challenge_hash: string; readonly at: string };
  /** Keys that are made once. */
  readonly access_values: { readonly name: string; readonly value: string };
}

export async function createTables(database: Kysely<AccessTables>): Promise<void> {
  const make = (table: keyof AccessTables) => database.schema.createTable(table).ifNotExists();
  await make('access_credentials')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('hash', 'text', (column) => column.notNull())
    .addColumn('created_at', 'text', (column) => column.notNull())
    .execute();
  await make('access_sessions')
    .addColumn('id', 'text', (column) => column.notNull().unique())
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('method', 'text', (column) => column.notNull())
    .addColumn('agent', 'text', (column) => column.notNull())
    .addColumn('address', 'text')
    .addColumn('created_at', 'text', (column) => column.notNull())
    .addColumn('last_seen_at', 'text', (column) => column.notNull())
    .addColumn('expires_at', 'text', (column) => column.notNull())
    .addColumn('id_token', 'text')
    .execute();
  await make('access_seen')
    .addColumn('user_id', 'integer', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await make('access_devices')
    .addColumn('token_hash', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('last_used_at', 'text', (column) => column.notNull())
    .execute();
  await make('access_tries')
    .addColumn('subject', 'text', (column) => column.primaryKey())
    .addColumn('failures', 'integer', (column) => column.notNull())
    .addColumn('last_failed_at', 'text', (column) => column.notNull())
    .addColumn('blocked_until', 'text', (column) => column.notNull())
    .execute();
  await make('access_secrets')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('kind', 'text', (column) => column.notNull())
    .addColumn('hash', 'text', (column) => column.notNull().unique())
    .addColumn('password_hash', 'text')
    .addColumn('last_used_at', 'text')
    .execute();
  await make('access_addresses')
    .addColumn('event_id', 'text', (column) => column.primaryKey())
    .addColumn('address', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await make('access_pending')
    .addColumn('name_hash', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await make('access_passkeys')
    .addColumn('id', 'text', (column) => column.primaryKey())
    .addColumn('user_id', 'integer', (column) => column.notNull())
    .addColumn('user_handle', 'text', (column) => column.notNull())
    .addColumn('credential_id', 'text', (column) => column.notNull().unique())
    .addColumn('public_key', 'text', (column) => column.notNull())
    .addColumn('counter', 'bigint', (column) => column.notNull())
    .addColumn('transports', 'text', (column) => column.notNull())
    .addColumn('site', 'text', (column) => column.notNull())
    .addColumn('last_used_at', 'text')
    .execute();
  await make('access_answered')
    .addColumn('challenge_hash', 'text', (column) => column.primaryKey())
    .addColumn('at', 'text', (column) => column.notNull())
    .execute();
  await make('access_values')
    .addColumn('name', 'text', (column) => column.primaryKey())
    .addColumn('value', 'text', (column) => column.notNull())
    .execute();
  await database.schema
    .createIndex('access_sessions_of_user')
    .ifNotExists()
    .on('access_sessions')
    .column('user_id')
    .execute();
}
