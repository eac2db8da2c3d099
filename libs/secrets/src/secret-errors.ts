import { DomainError } from '@streamvault/kernel';

/** There are secrets, but the key with which they were written is missing. */
export class SecretKeyMissing extends DomainError {
  readonly code = 'secrets.key-missing';
  readonly kind = 'unavailable';
  constructor(keyFile: string) {
    super(
      `The key of the stored secrets is gone: there is no ${keyFile}. Bring the file back, or set SECRET_KEY_FILE to where it is. If it is lost, remove the folder of secrets and enter them again.`,
    );
  }
}

/** The key is valid, but not the one with which these secrets were written. */
export class SecretKeyWrong extends DomainError {
  readonly code = 'secrets.wrong-key';
  readonly kind = 'unavailable';
  constructor(keyFile: string) {
    super(
      `The stored secrets were written with another key than the one in ${keyFile}. Set SECRET_KEY_FILE to the right file, or remove the folder of secrets and enter them again.`,
    );
  }
}

export class SecretKeyUnusable extends DomainError {
  readonly code = 'secrets.key-unusable';
  readonly kind = 'unavailable';
  constructor(keyFile: string, reason: string, options?: ErrorOptions) {
    super(
      `The key file ${keyFile} cannot be used (${reason}). It must contain 32 bytes as base64. Correct it, or set SECRET_KEY_FILE to another one.`,
      {},
      options,
    );
  }
}

/** A value that was cut short, changed, or copied from another field. */
export class SecretDamaged extends DomainError {
  readonly code = 'secrets.damaged';
  readonly kind = 'unavailable';
  constructor(field: string, options?: ErrorOptions) {
    super(`The stored secret ${field} is damaged. Enter it again.`, { field }, options);
  }
}

export class InvalidSecret extends DomainError {
  readonly code = 'secrets.invalid';
  readonly kind = 'invalid';
}
