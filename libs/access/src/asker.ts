import { NotAllowed } from '@streamvault/kernel';

export { NotAllowed };

/** The caller, as far as handlers need it: what the gate let through is checked again where it is done. */
export interface Asker {
  readonly userId: number | null;
  readonly sessionId: string | null;
  can(permission: string): boolean;
}

/** The server itself: settings, command line, an identity provider's answer. */
export const theServer: Asker = { userId: null, sessionId: null, can: () => true };

/** @throws NotAllowed */
export function requirePermission(asker: Asker, permission: string): void {
  if (!asker.can(permission)) throw new NotAllowed(permission);
}

/**
 * Allows a user's own things in a session of that user, or everything with the permission. A key has only its scopes.
 * @throws NotAllowed
 */
export function requireOwnOr(asker: Asker, userId: number, permission: string): void {
  if (asker.userId !== userId || asker.sessionId === null) requirePermission(asker, permission);
}
