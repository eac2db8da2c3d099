import type { CommandMetadata } from './command-metadata.js';
import { DomainError } from './domain-error.js';

export class NotAllowed extends DomainError {
  readonly code = 'request.forbidden';
  readonly kind = 'forbidden';
  constructor(permission: string) {
    super(`You may not do that: it needs the permission ${permission}.`, { permission });
  }
}

/**
 * What the gate let through is looked at again where it is done, so that a new way to a command is guarded as the old ones are.
 *
 * @throws NotAllowed where somebody asks who may not; what the server does by itself it may
 */
export function requirePermission({ may }: Pick<CommandMetadata, 'may'>, permission: string): void {
  if (may && !may(permission)) throw new NotAllowed(permission);
}

/** For what a permitted command does by other commands, which need permissions of their own. */
export function onOwnBehalf(metadata: CommandMetadata): CommandMetadata {
  const { may: _, ...own } = metadata;
  return own;
}
