/** Names that are followed by secrets. */
const NAMED =
  /\b((?:[\w-]*(?:token|secret|password|passwd|passphrase|api-?key|auth|signature|session|cookie|credential)[\w-]*|sig|key|pwd))(["']?\s*[=:]\s*["']?)(?:(?:oauth|bearer|basic|digest)\s+)?[^\s"'&;,]+/gi;
const SCHEMED = /\b(oauth|bearer|basic)\s+[\w.~+/=:-]{6,}/gi;
const ADDRESS = /([a-z][a-z0-9+.-]*:\/\/)(?:[^\s/?#'"]*@)?([^\s/?#'"]*)[^\s'"]*/gi;
/** A run of letters and digits that is not a word: a key, a hash, a token. */
const RUN = /\b(?=[\w-]*\d)(?=[\w-]*[a-z])[\w-]{24,}/gi;

/**
 * Output of another program without secrets: users, passwords, paths and queries of addresses (stream keys, tokens),
 * headers, and anything that looks like a key.
 * @param known secrets to remove wherever they are
 */
export function withoutSecrets(words: string, known: readonly string[] = []): string {
  let scrubbed = words;
  for (const secret of known) if (secret.length >= 3) scrubbed = scrubbed.replaceAll(secret, '…');
  return scrubbed
    .replaceAll(ADDRESS, '$1$2/…')
    .replaceAll(SCHEMED, '$1 …')
    .replaceAll(NAMED, '$1$2…')
    .replaceAll(RUN, '…');
}
