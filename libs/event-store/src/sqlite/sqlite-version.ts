import { UnsupportedSqlite } from '../errors.js';

/** Older versions can corrupt a database when its WAL is reset (fixed in 3.51.3). */
const MINIMUM = [3, 51, 3] as const;

/** @throws UnsupportedSqlite */
export function requireSafeSqlite(version: string): void {
  const parts = version.split('.').map(Number);
  for (const [index, least] of MINIMUM.entries()) {
    const part = parts[index] ?? 0;
    if (part > least) return;
    if (part < least || Number.isNaN(part)) {
      throw new UnsupportedSqlite(
        `SQLite ${version} can corrupt the event log when its WAL is reset. Install a better-sqlite3 that brings ` +
          `SQLite ${MINIMUM.join('.')} or newer.`,
      );
    }
  }
}
