import { DomainError } from '@streamvault/kernel';
import ipaddr from 'ipaddr.js';
import { hash } from 'node:crypto';
import { comparableName } from '../domain/account-decider.js';
import type { AccessDatabase } from './access-records.js';
import { tokenHash } from './token.js';

export class TooManyTries extends DomainError {
  readonly code = 'session.too-many-tries';
  readonly kind = 'too-fast';
  constructor(retryAfterSeconds: number) {
    super(`Too many tries. Wait ${retryAfterSeconds} s, then try again.`, { retryAfterSeconds });
  }
}

/** A try: the name as typed, its address, and the browser, if that signed in before. */
export interface Try {
  readonly name: string;
  readonly address: string;
  /** Of a browser from which this account signed in before. */
  readonly device: string | undefined;
}

/** Failures before the first wait, and the longest wait. */
interface Limit {
  readonly free: number;
  readonly longestSeconds: number;
}
const limits = {
  /** One account from one network, or from one known browser. */
  account: { free: 5, longestSeconds: 60 },
  /** One network against all accounts. */
  network: { free: 20, longestSeconds: 60 },
  /** One account from everywhere else: many machines guess together. */
  anywhere: { free: 50, longestSeconds: 60 },
} as const satisfies Record<string, Limit>;
const forgottenMilliseconds = 15 * 60 * 1000;

/**
 * After failed sign-ins the next one has to wait: 1, 2, 4, … 60 seconds. Stored in the records, so a restart changes
 * nothing.
 *
 * Others cannot lock a user out: a browser that signed in before is counted separately.
 */
export class Tries {
  readonly #database: AccessDatabase;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /** @throws TooManyTries */
  async require(attempt: Try, now: number): Promise<void> {
    const subjects = subjectsOf(attempt);
    const rows = await this.#database
      .selectFrom('access_tries')
      .select('blocked_until')
      .where(
        'subject',
        'in',
        subjects.map(({ subject }) => subject),
      )
      .execute();
    const until = Math.max(0, ...rows.map((row) => Date.parse(row.blocked_until)));
    if (until > now) throw new TooManyTries(Math.ceil((until - now) / 1000));
  }

  async failed(attempt: Try, now: number): Promise<void> {
    for (const { subject, limit } of subjectsOf(attempt)) {
      const row = await this.#database
        .selectFrom('access_tries')
        .selectAll()
        .where('subject', '=', subject)
        .executeTakeFirst();
      const isFresh = row && now - Date.parse(row.last_failed_at) < forgottenMilliseconds;
      const failures = (isFresh ? row.failures : 0) + 1;
      const values = {
        failures,
        last_failed_at: new Date(now).toISOString(),
        blocked_until: new Date(now + waitSeconds(failures, limit) * 1000).toISOString(),
      };
      await this.#database
        .insertInto('access_tries')
        .values({ subject, ...values })
        .onConflict((conflict) => conflict.column('subject').doUpdateSet(values))
        .execute();
    }
  }

  /** This account may try freely again, from here. Failures from elsewhere still count there. */
  async succeeded(attempt: Try): Promise<void> {
    const [own] = subjectsOf(attempt);
    if (own) await this.#database.deleteFrom('access_tries').where('subject', '=', own.subject).execute();
  }

  /** For a new password from the command line. */
  async forget(): Promise<void> {
    await this.#database.deleteFrom('access_tries').execute();
  }

  async sweep(now: number = Date.now()): Promise<void> {
    const before = new Date(now - forgottenMilliseconds).toISOString();
    await this.#database.deleteFrom('access_tries').where('last_failed_at', '<', before).execute();
  }

  /** Whether that browser signed in with this account before. */
  async isKnown(device: string | undefined, userId: number): Promise<boolean> {
    if (device === undefined) return false;
    const row = await this.#database
      .selectFrom('access_devices')
      .select('user_id')
      .where('token_hash', '=', tokenHash(device))
      .where('user_id', '=', userId)
      .executeTakeFirst();
    return row !== undefined;
  }

  async remember(device: string, userId: number, now: string): Promise<void> {
    await this.#database
      .insertInto('access_devices')
      .values({ token_hash: tokenHash(device), user_id: userId, last_used_at: now })
      .onConflict((conflict) => conflict.column('token_hash').doUpdateSet({ user_id: userId, last_used_at: now }))
      .execute();
  }
}

function subjectsOf({ name, address, device }: Try): { subject: string; limit: Limit }[] {
  const account = keyOf('account', comparableName(name));
  if (device !== undefined) return [{ subject: keyOf('device', account, tokenHash(device)), limit: limits.account }];
  const network = networkOf(address);
  return [
    { subject: keyOf('here', account, network), limit: limits.account },
    { subject: keyOf('network', network), limit: limits.network },
    { subject: keyOf('anywhere', account), limit: limits.anywhere },
  ];
}

/** Names and addresses are hashed, because people sometimes type passwords as names. */
const keyOf = (kind: string, ...parts: string[]): string =>
  `${kind}:${hash('sha256', JSON.stringify(parts), 'base64url').slice(0, 22)}`;

const waitSeconds = (failures: number, { free, longestSeconds }: Limit): number =>
  failures < free ? 0 : Math.min(2 ** Math.min(failures - free, 10), longestSeconds);

/** The addresses that one client can use: for IPv4 a single one, for IPv6 a /64. */
export function networkOf(address: string): string {
  if (!ipaddr.isValid(address)) return 'unknown';
  const parsed = ipaddr.process(address);
  if (parsed.kind() === 'ipv4') return parsed.toString();
  return parsed
    .toByteArray()
    .slice(0, 8)
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('');
}
