import { DomainError } from '@streamvault/kernel';

export const shortestBytes = 8;
export const longestBytes = 256;

export class WeakPassword extends DomainError {
  readonly code = 'password.refused';
  readonly kind = 'invalid';
  constructor(reason: string) {
    super(reason, { errors: [{ path: 'password', message: reason }] });
  }
}

/** The same text typed on different machines is the same password (RFC 8265, section 4.2). */
export const canonicalPassword = (text: string): string => text.normalize('NFC');

/**
 * Checks that a password is long enough and not a common one. There are no rules of composition, because they make
 * passwords worse (NIST SP 800-63B-4, section 3.1.1.2).
 * @throws WeakPassword
 */
export function requireGoodPassword(text: string, about: { name: string; isCommon: (text: string) => boolean }): void {
  const password = canonicalPassword(text);
  const { length } = new TextEncoder().encode(password);
  if (!password.isWellFormed()) throw new WeakPassword('That is not valid text. Type the password again.');
  if (length < shortestBytes) throw new WeakPassword(`Use at least ${shortestBytes} characters. Longer is better.`);
  if (length > longestBytes) throw new WeakPassword(`Use at most ${longestBytes} bytes.`);
  const plain = password.toLowerCase();
  const name = about.name.normalize('NFC').toLowerCase();
  const isOwn = plain === name || (name.length >= 4 && plain.replaceAll(name, '').length < 4);
  if (isOwn || plain.replaceAll('streamvault', '').length < 4)
    throw new WeakPassword('Do not use a name as password. Choose something that nobody can guess.');
  if (new Set(plain).size < 3 || about.isCommon(plain))
    throw new WeakPassword('Many people use that password, so it is tried first. Choose another one.');
}
