import type { Role } from '@streamvault/api-contract';
import { hash } from 'node:crypto';

/** Claims are what somebody else wrote: anything may stand there, in any length. */
const longest = 64;

/** Who it is for us: issuer and subject, and never a name or an e-mail address, which change hands. */
export const identityOf = (issuer: string, subject: string): string =>
  hash('sha256', JSON.stringify([issuer, subject]), 'base64url');

/** A name to begin with; it identifies nobody. */
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

/** `group=role` pairs, as OIDC_ROLES has them. */
export type RoleMap = ReadonlyMap<string, Role>;

const byMight: readonly Role[] = ['administrator', 'operator', 'viewer'];

/**
 * The mightiest role that the claim's values are mapped to; undefined where there is none.
 *
 * @param path of the claim: `groups`, or `realm_access.roles` for one inside another
 */
export function roleFrom(claims: Readonly<Record<string, unknown>>, path: string, map: RoleMap): Role | undefined {
  const values = valuesAt(claims, path);
  const roles = new Set(values.flatMap((value) => map.get(value) ?? []));
  return byMight.find((role) => roles.has(role));
}

function valuesAt(claims: Readonly<Record<string, unknown>>, path: string): string[] {
  // Some providers have claims whose very name has dots: https://example.org/roles.
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
