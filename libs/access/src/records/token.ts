import { hash, randomBytes } from 'node:crypto';

/** 256 random bits. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** What is stored of a token. A random token of this length needs no slow hash. */
export const tokenHash = (token: string): string => hash('sha256', token, 'base64url');

/** Public name of something, in addresses and in the log; not secret. */
export const newPublicName = (): string => randomBytes(8).toString('hex');
