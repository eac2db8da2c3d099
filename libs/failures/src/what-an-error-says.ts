/**
 * The `code` of an error of Node, the operating system or a driver (`ENOENT`, `UND_ERR_SOCKET`, `SQLITE_FULL`). It
 * checks the property and not the class: tests, threads and native drivers each have classes of their own.
 */
export function errorCode(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' ? error.code : undefined;
}

/** The message of an error, or whatever else was thrown, as text. */
export function messageOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  return String(error.message);
}
