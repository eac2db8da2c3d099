import { DomainError } from '@streamvault/kernel';

export class NotSignedIn extends DomainError {
  readonly code = 'request.unauthenticated';
  readonly kind = 'unauthenticated';
  constructor(message = 'Sign in first, or send an API key.') {
    super(message);
  }
}

/** There is no account yet. */
export class SetUpRequired extends DomainError {
  readonly code = 'setup.required';
  readonly kind = 'unavailable';
  constructor() {
    super('There is no administrator yet. Open the console and create one.', { retryAfterSeconds: 60 });
  }
}

export class CrossSiteWrite extends DomainError {
  readonly code = 'request.cross-site';
  readonly kind = 'forbidden';
  constructor() {
    super(
      'Another web site may not change anything here. Behind a proxy, TRUSTED_PROXIES has to contain it, so that its address is known.',
    );
  }
}

export class CrossSiteRead extends DomainError {
  readonly code = 'request.cross-site';
  readonly kind = 'forbidden';
  constructor() {
    super('Another web site may link to this page, but not read from it or show parts of it.');
  }
}

/** It may exist, but not for this caller, who gets the same answer as if it did not. */
export class NothingThere extends DomainError {
  readonly code = 'route.not-found';
  readonly kind = 'not-found';
  constructor() {
    super('There is nothing under that id.');
  }
}

/**
 * A signed address has expired, or the link or session for which it was made has ended. Not 401: a player would ask for
 * a name and a password, and no password helps.
 */
export class LinkOver extends DomainError {
  readonly code = 'share.over';
  readonly kind = 'forbidden';
  constructor() {
    super('This address is no longer valid. Open the link again, or ask for another one.');
  }
}

/** A link or signed address is used for something else than its item. */
export class NotShared extends DomainError {
  readonly code = 'request.not-shared';
  readonly kind = 'forbidden';
  constructor() {
    super('This link does not open that.');
  }
}
