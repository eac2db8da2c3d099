import { createHmac, timingSafeEqual } from 'node:crypto';
import type { ShareItem } from '../domain/share-decider.js';
import type { AccessDatabase } from './access-records.js';
import { keyMadeOnce } from './key-made-once.js';

/** For what an address was signed: a share link, or a session. */
export type SignedBy = { readonly kind: 'share' | 'session'; readonly id: string };

export interface Signature {
  readonly by: SignedBy;
  /** Seconds since the epoch. */
  readonly expires: number;
  readonly mac: string;
}

const keyName = 'link-key';
const letters = { share: 's', session: 'u' } as const;

/**
 * Signs media addresses for players that cannot send a cookie. A signature covers one item, `/api/videos/42/…`, with
 * each file in its playlists, and no other.
 */
export class LinkSigner {
  readonly #database: AccessDatabase;
  #key: Promise<Buffer> | undefined;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  /**
   * As the query of an address.
   * @param expires seconds since the epoch
   */
  async sign(item: ShareItem, by: SignedBy, expires: number): Promise<string> {
    return writeSignature({ by, expires, mac: await this.#mac(item, by, expires) });
  }

  /** Whether it was made here, for exactly this item. Expiry is checked separately. */
  async isOurs(item: ShareItem, { by, expires, mac }: Signature): Promise<boolean> {
    const [given, right] = [Buffer.from(mac), Buffer.from(await this.#mac(item, by, expires))];
    return given.length === right.length && timingSafeEqual(given, right);
  }

  async #mac(item: ShareItem, by: SignedBy, expires: number): Promise<string> {
    const signed = JSON.stringify(['v1', item.kind, item.id, by.kind, by.id, expires]);
    this.#key ??= keyMadeOnce(this.#database, keyName);
    try {
      return createHmac('sha256', await this.#key)
        .update(signed)
        .digest('base64url');
    } catch (error) {
      this.#key = undefined;
      throw error;
    }
  }
}

export const writeSignature = ({ by, expires, mac }: Signature): string =>
  `exp=${expires}&by=${letters[by.kind]}${by.id}&sig=${mac}`;

/** The signature in an address; undefined if it is not signed, `malformed` if it is not in our form. */
export function readSignature(query: unknown): Signature | 'malformed' | undefined {
  const { exp, by, sig } = (query ?? {}) as Readonly<Record<string, unknown>>;
  if (sig === undefined) return undefined;
  if (typeof exp !== 'string' || typeof by !== 'string' || typeof sig !== 'string') return 'malformed';
  const [, letter, id = ''] = /^([su])([0-9a-f]{16})$/.exec(by) ?? [];
  if (letter === undefined || !/^\d{1,12}$/.test(exp) || !/^[\w-]{43}$/.test(sig)) return 'malformed';
  return { by: { kind: letter === 's' ? 'share' : 'session', id }, expires: Number(exp), mac: sig };
}
