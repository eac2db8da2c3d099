import type { Database, Statement } from 'better-sqlite3';
import { hash } from 'node:crypto';
import type { Retention } from '../retention.js';

const LENGTH = 32;

interface RetentionRow extends Retention {
  readonly name: string;
}

/**
 * A digest of what all streams hide from their readers. It changes by one stream at a time: each stream with a
 * retention has a SHA-256 of its own, and the digest combines them by exclusive or, so that their order does not
 * matter.
 */
export class RetentionSeal {
  readonly #db: Database;
  readonly #select: Statement<[], Uint8Array>;
  readonly #update: Statement<[Uint8Array]>;

  constructor(db: Database) {
    this.#db = db;
    this.#select = db.prepare<[], Uint8Array>('SELECT digest FROM retention_seal').pluck();
    this.#update = db.prepare<[Uint8Array]>('UPDATE retention_seal SET digest = ?');
  }

  /** For a log that had none yet. Only inside a transaction. */
  begin(): void {
    this.#db.prepare('INSERT INTO retention_seal VALUES (?)').run(this.#computed());
  }

  /** A stream's retention changes. Only inside a transaction. */
  change(stream: string, before: Retention, after: Retention): void {
    const digest = Buffer.from(this.#select.get() ?? Buffer.alloc(LENGTH));
    mix(digest, stream, before);
    mix(digest, stream, after);
    this.#update.run(digest);
  }

  /** Whether the streams hide exactly what the digest says. */
  isIntact(): boolean {
    return Buffer.compare(this.#select.get() ?? Buffer.alloc(0), this.#computed()) === 0;
  }

  #computed(): Buffer {
    const digest = Buffer.alloc(LENGTH);
    const rows = this.#db.prepare<[], RetentionRow>(`
      SELECT name, max_age_seconds AS maxAgeSeconds, max_count AS maxCount, truncate_before AS truncateBefore
        FROM stream WHERE coalesce(max_age_seconds, max_count, truncate_before) IS NOT NULL`);
    for (const { name, ...retention } of rows.iterate()) mix(digest, name, retention);
    return digest;
  }
}

function mix(digest: Buffer, stream: string, { maxAgeSeconds, maxCount, truncateBefore }: Retention): void {
  if (maxAgeSeconds === null && maxCount === null && truncateBefore === null) return;
  const own = hash('sha256', JSON.stringify([stream, maxAgeSeconds, maxCount, truncateBefore]), 'buffer');
  for (let at = 0; at < LENGTH; at += 1) digest[at] = (digest[at] ?? 0) ^ (own[at] ?? 0);
}
