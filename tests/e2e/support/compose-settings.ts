import { readFileSync } from 'node:fs';
import path from 'node:path';

const read = (file: string) => readFileSync(path.join(import.meta.dirname, '..', '..', '..', file), 'utf8');

/** The lines of a service in the text of a compose file. */
export const serviceIn = (file: string, name: string): string =>
  new RegExp(`^  ${name}:\\n((?:(?: {4}.*)?\\n)+)`, 'm').exec(file)?.[1] ?? '';
export const sectionIn = (service: string, name: string): string =>
  new RegExp(`^    ${name}:\\n((?: {6}.*\\n)+)`, 'm').exec(service)?.[1] ?? '';

/** What a compose file tells the server, `${…}` included. */
export const environmentOf = (file: string): Record<string, string> =>
  Object.fromEntries(
    [...sectionIn(serviceIn(file, 'streamvault'), 'environment').matchAll(/^ {6}([A-Z_]+): '?(.*?)'?$/gm)].map(
      ([, name, value]) => [name!, value!],
    ),
  );

/**
 * The stores as a compose file names them, at other places: what stands behind its host names is put there, and its
 * `POSTGRES_PASSWORD` filled in. Everything else is as it stands in the file.
 * @param kurrentDb `host:port` for every node
 */
export function storesOf(
  name: string,
  kurrentDb: string,
  postgres: { readonly host: string; readonly password: string },
) {
  const { EVENT_STORE_URL = '', DATABASE_URL = '' } = environmentOf(read(name));
  return {
    EVENT_STORE_URL: EVENT_STORE_URL.replaceAll(/\bkurrentdb\d?:2113\b/g, kurrentDb),
    DATABASE_URL: DATABASE_URL.replace(/\$\{POSTGRES_PASSWORD:\?[^}]*\}/, postgres.password).replace(
      '@postgres:5432/',
      `@${postgres.host}/`,
    ),
  };
}
