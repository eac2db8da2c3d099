import type { Role } from './role.js';

/** Settings that do not belong to a single context; inject `INSTALLATION`. */
export interface Installation {
  readonly version: string;
  /** Absolute. The embedded databases and work files. */
  readonly dataDirectory: string;
  /** Absolute. Finished videos. */
  readonly recordingsDirectory: string;
  /**
   * PostgreSQL, if it holds the read models: then it can also hold what several processes share. Contains its password.
   */
  readonly sharedDatabaseUrl: string | undefined;
  readonly publicUrl: string | undefined;
  /** Addresses and ranges of proxies whose `X-Forwarded-*` count. */
  readonly trustedProxies: readonly string[];
  /** IANA name, for schedules, windows and names. */
  readonly timeZone: string;
  readonly roles: ReadonlySet<Role>;
  /** Other processes may write to the same log. The embedded log has one writer. */
  readonly sharesLog: boolean;
}
