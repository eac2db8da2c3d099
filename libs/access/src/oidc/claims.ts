import type { Role } from '@streamvault/api-contract';
import { hash } from 'node:crypto';

/** Claims are written by others: they may contain anything, at any length. */
const longest = 64;

/**
 * Identifies a user by issuer and subject, and never by a name or an e-mail address, which may pass to another person.
 */
export const identityOf = (issuer: string, subject: string): string =>
  hash('sha256', JSON.stringify([issuer, subject]), 'base64url');

/** A first name for the account; it identifies no one. */
export function nameFrom(claims: Readonly<Record<string, unknown>>): string {
  for (const claim of ['preferred_username', 'name', 'email', 'sub']) {
    const value = claims[claim];
    if (typeof value !== 'string') continue;
    const name = value
      .normalize('NFKC')
      .replaceAll(/[\p{Cc}\p{Cf}]/gu, '')
      .trim()
      .slice(0, longest)
      .trim();
    if (name !== '') return name;
  }
  return 'user';
}

/** `group=role` pairs, as in OIDC_ROLES. */
export type RoleMap = ReadonlyMap<string, Role>;

const byMight: readonly Role[] = ['administrator', 'operator', 'viewer'];

/**
 * The highest role to which the claim's values are mapped; undefined if there is none.
 * @param path of the claim: `groups`, or `realm_access.roles` for a nested one
 */
export function roleFrom(claims: Readonly<Record<string, unknown>>, path: string, map: RoleMap): Role | undefined {
  const values = valuesAt(claims, path);
  const roles = new Set(values.flatMap((value) => map.get(value) ?? []));
  return byMight.find((role) => roles.has(role));
}

function valuesAt(claims: Readonly<Record<string, unknown>>, path: string): string[] {
  // Some providers have claims whose name contains dots: https://example.org/roles.
  const found = Object.hasOwn(claims, path) ? claims[path] : inside(claims, path.split('.'));
  return [found].flat().filter((value) => typeof value === 'string');
}

function inside(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const key of path) {
    if (typeof found !== 'object' || found === null || !Object.hasOwn(found, key)) return undefined;
    found = (found as Record<string, unknown>)[key];
  }
  return found;
}
