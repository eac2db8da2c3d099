/** An identifier, quoted for both engines. */
export const quoted = (identifier: string): string => `"${identifier.replaceAll('"', '""')}"`;
/** A string, quoted for both engines. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;
