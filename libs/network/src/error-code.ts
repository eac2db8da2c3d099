/** The `code` of a Node error (`ENOENT`, `UND_ERR_SOCKET`), whichever realm made it. */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}
