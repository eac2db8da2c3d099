/** An identifier, as both engines quote it. */
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
/** A string, as both engines quote it. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
