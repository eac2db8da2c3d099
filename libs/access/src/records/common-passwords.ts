let known: Promise<ReadonlySet<string>> | undefined;

/** Some 49,000 in lower case, from leaks, including the most common 10,000. Read when a password is first chosen. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return known;
}
