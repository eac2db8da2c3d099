import { DomainError } from '@streamvault/kernel';

export class TargetNotFound extends DomainError {
  readonly code = 'notification.target-not-found';
  readonly kind = 'not-found';
  constructor(targetId: number) {
    super(`There is no notification target ${targetId}.`, { targetId });
  }
}

export class TooManyTargets extends DomainError {
  readonly code = 'notification.too-many-targets';
  readonly kind = 'conflict';
  constructor(most: number) {
    super(`There can be at most ${most} notification targets. Remove one first.`, { most });
  }
}

/** Says what is wrong without repeating the value, which may be a secret. */
export class InvalidTarget extends DomainError {
  readonly code = 'notification.invalid-target';
  readonly kind = 'invalid';
}
