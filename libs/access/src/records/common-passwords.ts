let known: Promise<ReadonlySet<string>> | undefined;

/** Some 49,000 in lower case, from leaks, the commonest 10,000 among them. Read when somebody first chooses a password. */
export async function commonPasswords(): Promise<ReadonlySet<string>> {
  known ??= import('@zxcvbn-ts/language-common').then(({ dictionary }) => new Set(dictionary['passwords-common']));
  return known;
}
