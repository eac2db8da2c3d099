import { DomainError } from '@streamvault/kernel';
import type { TwitchFailure } from './twitch-errors.js';

export class TwitchNotSetUp extends DomainError {
  readonly code = 'twitch.not-set-up';
  readonly kind = 'conflict';
  constructor() {
    super(
      'StreamVault has no credentials of Twitch. Set TWITCH_CLIENT_ID and TWITCH_CLIENT_SECRET, then start it again.',
    );
  }
}

export class TwitchSignedOut extends DomainError {
  readonly code = 'twitch.signed-out';
  readonly kind = 'conflict';
  constructor() {
    super('Nobody is signed in at Twitch. Sign in first.');
  }
}

/** Twitch gave no answer; the message says what to do. */
export class TwitchUnavailable extends DomainError {
  readonly code = 'twitch.unavailable';
  readonly kind = 'unavailable';
  constructor(failure: TwitchFailure) {
    super(failure.message, {}, { cause: failure });
  }
}
