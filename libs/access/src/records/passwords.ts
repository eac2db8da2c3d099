import { hash, parseOptions, verify } from '@node-rs/argon2';
import { DomainError } from '@streamvault/kernel';
import { canonicalPassword } from '../domain/password-rules.js';
import type { AccessDatabase } from './access-records.js';

export class TooManyAtOnce extends DomainError {
  readonly code = 'session.busy';
  readonly kind = 'too-fast';
  constructor() {
    super('Too many people are signing in right now. Try again in a few seconds.', { retryAfterSeconds: 5 });
  }
}

/** OWASP's minimum for Argon2id: 19 MiB, two passes, one lane. `2` is Argon2id in the library's constant enum. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1, algorithm: 2 } as const;
/** Each takes 19 MiB and a thread of the pool that also reads files. */
const atOnce = 2;
const waitingAtMost = 20;

/** Hashes of passwords, and their comparison. */
export class Passwords {
  readonly #database: AccessDatabase;
  readonly #waiting: (() => void)[] = [];
  #running = 0;
  #nobodys: Promise<string> | undefined;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /**
   * Stored before the log names it, so that a name in the log always leads to a password.
   * @throws TooManyAtOnce
   */
  async keep(id: string, password: string, now: string): Promise<void> {
    const hashed = await this.hash(password);
    await this.#database
      .insertInto('access_credentials')
      .values({ id, hash: hashed, created_at: now })
      .onConflict((conflict) => conflict.column('id').doUpdateSet({ hash: hashed }))
      .execute();
  }

  /** Whether there is one with this name. Not if the database was lost. */
  async has(id: string): Promise<boolean> {
    const known = await this.#database
      .selectFrom('access_credentials')
      .select('id')
      .where('id', '=', id)
      .executeTakeFirst();
    return known !== undefined;
  }

  async erase(id: string | null): Promise<void> {
    if (id === null) return;
    await this.#database.deleteFrom('access_credentials').where('id', '=', id).execute();
  }

  /**
   * Takes the same time if there is no such account or no password. A hash with an older cost is replaced.
   * @throws TooManyAtOnce
   */
  async matches(id: string | null | undefined, password: string): Promise<boolean> {
    const known =
      id == null
        ? undefined
        : await this.#database.selectFrom('access_credentials').select('hash').where('id', '=', id).executeTakeFirst();
    const isRight = await this.verify(known?.hash ?? (await this.#nobody()), password);
    if (!known || id == null || !isRight) return false;
    if (isOutdated(known.hash)) await this.#rehash(id, known.hash, password);
    return true;
  }

  /** @throws TooManyAtOnce */
  hash(password: string): Promise<string> {
    return this.#inTurn(() => hash(canonicalPassword(password), cost));
  }

  /** @throws TooManyAtOnce */
  verify(hashed: string, password: string): Promise<boolean> {
    return this.#inTurn(() => verify(hashed, canonicalPassword(password)));
  }

  async #rehash(id: string, before: string, password: string): Promise<void> {
    const hashed = await this.hash(password);
    await this.#database
      .updateTable('access_credentials')
      .set({ hash: hashed })
      .where('id', '=', id)
      .where('hash', '=', before)
      .execute();
  }

  #nobody(): Promise<string> {
    this.#nobodys ??= hash(crypto.randomUUID(), cost);
    return this.#nobodys;
  }

  async #inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= waitingAtMost) throw new TooManyAtOnce();
      // The place is handed over, so that no other caller gets in between.
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    } else {
      this.#running += 1;
    }
    try {
      return await work();
    } finally {
      const next = this.#waiting.shift();
      if (next) next();
      else this.#running -= 1;
    }
  }
}

function isOutdated(hashed: string): boolean {
  const { memoryCost, timeCost } = parseOptions(hashed);
  return !hashed.startsWith('$argon2id$') || memoryCost < cost.memoryCost || timeCost < cost.timeCost;
}
