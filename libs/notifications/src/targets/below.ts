/** An address below a server's, which may itself have a path on a reverse proxy. */
export const below = (server: string, path: string): string => `${server.replace(/\/+$/, '')}/${path}`;
