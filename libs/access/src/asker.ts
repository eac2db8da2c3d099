import { NotAllowed } from '@streamvault/kernel';

export { NotAllowed };

/** Who asks, as far as handlers need it: what a guard at the door let through is looked at again where it is done. */
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

/** One's own things in a session of one's own, or everybody's with the permission: a key has but its scopes. @throws NotAllowed */
export function requireOwnOr(asker: Asker, userId: number, permission: string): void {
  if (asker.userId !== userId || asker.sessionId === null) requirePermission(asker, permission);
}
