import { DomainError } from '@streamvault/kernel';

/** Browsers have no passkeys for this address. */
export class NoPasskeysHere extends DomainError {
  readonly code = 'passkey.not-here';
  readonly kind = 'conflict';
  constructor() {
    super('Passkeys need https and a host name, or http://localhost. Open StreamVault by such an address.');
  }
}

/** The same answer, whatever was wrong with it. */
export class PasskeyNotAccepted extends DomainError {
  readonly code = 'passkey.refused';
  readonly kind = 'unauthenticated';
  constructor(options?: ErrorOptions) {
    super('This passkey opens no account here. Sign in with your password, or try again.', {}, options);
  }
}

/** What the browser sent cannot become a passkey. */
export class PasskeyNotAdded extends DomainError {
  readonly code = 'passkey.not-added';
  readonly kind = 'invalid';
  constructor(options?: ErrorOptions) {
    super('The passkey could not be added: its answer was too late, or for another address. Try again.', {}, options);
  }
}

export class PasskeyKnown extends DomainError {
  readonly code = 'passkey.known';
  readonly kind = 'conflict';
  constructor() {
    super('That passkey is here already.');
  }
}
