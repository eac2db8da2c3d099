import { describe, expect, it } from '@jest/globals';
import { UnsupportedSqlite } from '../errors.js';
import { requireSafeSqlite } from './sqlite-version.js';

describe('requireSafeSqlite', () => {
  it.each(['3.51.3', '3.51.10', '3.52.0', '3.54.1', '4.0.0'])('takes %s', (version) => {
    expect(() => requireSafeSqlite(version)).not.toThrow();
  });

  it.each(['3.51.2', '3.50.4', '3.9.9', '2.99.99', '', 'unknown'])('refuses %p, saying what to do', (version) => {
    expect(() => requireSafeSqlite(version)).toThrow(UnsupportedSqlite);
    expect(() => requireSafeSqlite(version)).toThrow(/better-sqlite3/);
  });
});
