import type { Role } from './role.js';

/** What the settings that belong to no single context say, for whoever injects `INSTALLATION`. */
export interface Installation {
  readonly version: string;
  /** Absolute. The embedded databases and work files. */
  readonly dataDirectory: string;
  /** Absolute. Finished videos. */
  readonly recordingsDirectory: string;
  /** PostgreSQL, where the read models are in one: what several processes share can be kept there, too. Holds its password. */
  readonly sharedDatabaseUrl: string | undefined;
  readonly publicUrl: string | undefined;
  /** Addresses and ranges of proxies whose `X-Forwarded-*` count. */
  readonly trustedProxies: readonly string[];
  /** IANA name, for schedules, windows and names. */
  readonly timeZone: string;
  readonly roles: ReadonlySet<Role>;
  /** Other processes may write to the same log; the embedded one has one writer. */
  readonly sharesLog: boolean;
}
