import { createHmac, hash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { AccessDatabase } from './access-records.js';
import { keyMadeOnce } from './key-made-once.js';

const keyName = 'challenge-key';
export const challengeMilliseconds = 5 * 60 * 1000;
const [randomLength, timeLength, macLength] = [16, 6, 16];

/**
 * Challenges for passkeys: each is good for one purpose, for five minutes, once. A signature makes them recognizable, so
 * that nothing is stored until one is answered, however many are requested.
 */
export class Challenges {
  readonly #database: AccessDatabase;
  #key: Promise<Buffer> | undefined;

  constructor(database: AccessDatabase) {
    this.#database = database;
  }

  async issue(purpose: string, now: number): Promise<Uint8Array<ArrayBuffer>> {
    const time = Buffer.alloc(timeLength);
    time.writeUIntBE(now + challengeMilliseconds, 0, timeLength);
    const body = Buffer.concat([randomBytes(randomLength), time]);
    return Uint8Array.from(Buffer.concat([body, await this.#mac(body, purpose)]));
  }

  /**
   * Uses a challenge up.
   * @param challenge base64url
   * @returns false for one that was not issued for this purpose, has expired, or was used before
   */
  async answer(challenge: string, purpose: string, now: number): Promise<boolean> {
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== randomLength + timeLength + macLength) return false;
    const body = bytes.subarray(0, randomLength + timeLength);
    if (!timingSafeEqual(bytes.subarray(body.length), await this.#mac(body, purpose))) return false;
    if (body.readUIntBE(randomLength, timeLength) <= now) return false;
    const before = new Date(now - 2 * challengeMilliseconds).toISOString();
    await this.#database.deleteFrom('access_answered').where('at', '<', before).execute();
    const { numInsertedOrUpdatedRows } = await this.#database
      .insertInto('access_answered')
      .values({ challenge_hash: hash('sha256', bytes, 'base64url'), at: new Date(now).toISOString() })
      .onConflict((conflict) => conflict.column('challenge_hash').doNothing())
      .executeTakeFirstOrThrow();
    return Number(numInsertedOrUpdatedRows ?? 0) === 1;
  }

  async #mac(body: Buffer, purpose: string): Promise<Buffer> {
    this.#key ??= keyMadeOnce(this.#database, keyName);
    try {
      return createHmac('sha256', await this.#key)
        .update(JSON.stringify(['v1', purpose, body.toString('base64url')]))
        .digest()
        .subarray(0, macLength);
    } catch (error) {
      this.#key = undefined;
      throw error;
    }
  }
}
