import { DomainError } from '@streamvault/kernel';

/** More than one person has open, in all tabs and on all devices. */
export const MOST_FEEDS_EACH = 24;

export class TooManyFeeds extends DomainError {
  readonly code = 'live.too-many';
  readonly kind = 'too-fast';
  constructor() {
    super(`This account has ${MOST_FEEDS_EACH} live feeds open. Close some pages of the console.`, {
      retryAfterSeconds: 30,
    });
  }
}

/** Running feeds by who asked for them, so that one account cannot take the places of all others. */
export class PlacesPerClient {
  readonly #taken = new Map<string, number>();

  /**
   * @returns gives the place back
   * @throws TooManyFeeds
   */
  take(client: string): () => void {
    const before = this.#taken.get(client) ?? 0;
    if (before >= MOST_FEEDS_EACH) throw new TooManyFeeds();
    this.#taken.set(client, before + 1);
    let isBack = false;
    return () => {
      if (isBack) return;
      isBack = true;
      const left = (this.#taken.get(client) ?? 1) - 1;
      if (left > 0) this.#taken.set(client, left);
      else this.#taken.delete(client);
    };
  }
}
