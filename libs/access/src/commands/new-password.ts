import { canonicalPassword, requireGoodPassword } from '../domain/password-rules.js';
import { commonPasswords } from '../records/common-passwords.js';
import type { Passwords } from '../records/passwords.js';

/**
 * Stores a password under the command's id and then runs the step that names it in the log. If that is refused, the
 * password is erased.
 * @throws WeakPassword, TooManyAtOnce, and what `use` throws
 */
export async function withNewPassword<Result>(
  passwords: Passwords,
  { commandId, now, name, password }: { commandId: string; now: string; name: string; password: string },
  use: (credential: string) => Promise<Result>,
): Promise<Result> {
  const common = await commonPasswords();
  requireGoodPassword(password, { name, isCommon: (plain) => common.has(plain) });
  await passwords.keep(commandId, canonicalPassword(password), now);
  try {
    return await use(commandId);
  } catch (error) {
    await passwords.erase(commandId);
    throw error;
  }
}
