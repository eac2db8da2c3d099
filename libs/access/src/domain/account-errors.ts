import { DomainError } from '@streamvault/kernel';

export class SetUpDone extends DomainError {
  readonly code = 'setup.done';
  readonly kind = 'conflict';
  constructor() {
    super('There is an administrator already. Sign in.');
  }
}

export class UserNotFound extends DomainError {
  readonly code = 'user.not-found';
  readonly kind = 'not-found';
  constructor(userId: number) {
    super(`There is no user ${userId}.`, { userId });
  }
}

export class UserNameTaken extends DomainError {
  readonly code = 'user.name-taken';
  readonly kind = 'conflict';
  constructor() {
    super('Somebody has that name already. Choose another one.');
  }
}

export class LastAdministrator extends DomainError {
  readonly code = 'user.last-administrator';
  readonly kind = 'conflict';
  constructor() {
    super('This is the only administrator who can sign in. Make another user an administrator first.');
  }
}

export class IdentityTaken extends DomainError {
  readonly code = 'user.identity-taken';
  readonly kind = 'conflict';
  constructor() {
    super('That identity belongs to another user already.');
  }
}

export class NoSuchName extends DomainError {
  readonly code = 'user.not-found';
  readonly kind = 'not-found';
  constructor(name: string) {
    super(`There is no user called ${name}. "users list" shows all.`);
  }
}

export class PasskeyNotFound extends DomainError {
  readonly code = 'passkey.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is no such passkey (any more).');
  }
}

export class TooManyPasskeys extends DomainError {
  readonly code = 'passkey.too-many';
  readonly kind = 'conflict';
  constructor(most: number) {
    super(`An account has at most ${most} passkeys. Remove one first.`);
  }
}
