/** An address below a server that may itself lie below a path of a reverse proxy. */
export const below = (server: string, path: string): string => `${server.replace(/\/+$/, '')}/${path}`;
