import { errorCode, messageOf } from '@streamvault/failures';
import { hash, randomBytes } from 'node:crypto';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { createPrivate, destroy, hasCode, makePrivateFolder, readPrivate, replacePrivate } from './private-file.js';
import { SecretKey, seal, unseal, type Unsealed } from './sealed-secret.js';
import { InvalidSecret, SecretDamaged, SecretKeyMissing, SecretKeyUnusable, SecretKeyWrong } from './secret-errors.js';
import { requireField, type SecretField } from './secret-field.js';

export interface SecretVaultPlaces {
  /** Beside the databases and not in them, so that a copy of a database contains no secret. One file per secret. */
  readonly folder: string;
  /** `SECRET_KEY_FILE`. Created with the first secret if there is none. */
  readonly keyFile: string;
}

/** What may be shown of a secret. */
export interface SecretDescription {
  readonly set: boolean;
  /** Its last four characters, if it is long enough. */
  readonly hint: string | null;
  /** ISO 8601 UTC. */
  readonly updatedAt: string | null;
}

const suffix = '.secret';
const maxBytes = 64 * 1024;
const longEnoughForHint = 16;

/**
 * Secrets at rest: AES-256-GCM, each bound to its field, in files that only the owner can read. The event log contains
 * none of them, because the log is permanent and a secret has to be erasable.
 *
 * Each call reads the disk, so several processes on one folder see each other's changes. A lost or wrong key affects
 * only what needs a secret.
 */
export class SecretVault {
  readonly #places: SecretVaultPlaces;
  #key: SecretKey | undefined;
  readonly #turns = new Map<SecretField, Promise<unknown>>();

  constructor(places: SecretVaultPlaces) {
    this.#places = places;
  }

  /** Needs no key. */
  async has(field: SecretField): Promise<boolean> {
    return (await readPrivate(this.#fileOf(field))) !== undefined;
  }

  /**
   * @returns undefined if it was never set, or erased
   * @throws SecretKeyMissing, SecretKeyWrong, SecretKeyUnusable, SecretDamaged
   */
  async get(field: SecretField): Promise<string | undefined> {
    const sealed = (await readPrivate(this.#fileOf(field)))?.trim();
    if (sealed === undefined) return undefined;
    const opened = await this.#unseal(field, sealed);
    if (opened.ok) return opened.text;
    if (opened.reason === 'other-key') throw new SecretKeyWrong(this.#places.keyFile);
    throw new SecretDamaged(field);
  }

  /**
   * Settles when it is on the disk. The last of several calls for one field wins.
   * @throws InvalidSecret, SecretKeyMissing, SecretKeyWrong, SecretKeyUnusable
   */
  async set(field: SecretField, text: string): Promise<void> {
    const file = this.#fileOf(field);
    if (text === '') throw new InvalidSecret('A secret cannot be empty. Erase it instead.');
    if (Buffer.byteLength(text) > maxBytes) throw new InvalidSecret(`A secret has at most ${maxBytes} bytes.`);
    if (!text.isWellFormed()) throw new InvalidSecret('A secret has to be well-formed text.');
    await this.#inTurn(field, async () => {
      await makePrivateFolder(this.#places.folder);
      const key = await this.#usableKey();
      await replacePrivate(file, `${seal(key, field, text)}\n`);
    });
  }

  /**
   * Needs no key.
   * @returns whether there was one
   */
  async erase(field: SecretField): Promise<boolean> {
    const file = this.#fileOf(field);
    return this.#inTurn(field, () => destroy(file));
  }

  /** For an API that never returns secrets. An unreadable value counts as set, without a hint. */
  async describe(field: SecretField): Promise<SecretDescription> {
    const file = this.#fileOf(field);
    const sealed = (await readPrivate(file))?.trim();
    if (sealed === undefined) return { set: false, hint: null, updatedAt: null };
    const text = await this.#unseal(field, sealed).then(
      (opened) => (opened.ok ? opened.text : undefined),
      // A problem with the key is reported where the secret is needed.
      () => undefined,
    );
    const changed = await stat(file).catch(() => undefined);
    return {
      set: true,
      hint: text !== undefined && text.length >= longEnoughForHint ? `…${text.slice(-4)}` : null,
      updatedAt: changed?.mtime.toISOString() ?? null,
    };
  }

  /** The fields that are set, sorted. */
  async fields(): Promise<SecretField[]> {
    const names = await readdir(this.#places.folder).catch((error: unknown) => {
      if (hasCode(error, 'ENOENT')) return [];
      throw error;
    });
    const fields = names
      .filter((name) => name.endsWith(suffix) && !name.startsWith('.'))
      .map((name) => name.slice(0, -suffix.length).replace(/\.[0-9a-f]{8}$/, ''));
    return fields.toSorted();
  }

  /** For `/health`: whether what is stored can be read. */
  async check(): Promise<{ readonly status: 'ok' | 'warn'; readonly detail: string }> {
    try {
      const fields = await this.fields();
      for (const field of fields) await this.get(field);
      return { status: 'ok', detail: `${fields.length} stored` };
    } catch (error) {
      // No recording needs a secret: it is only reported.
      return { status: 'warn', detail: messageOf(error) };
    }
  }

  #fileOf(field: SecretField): string {
    requireField(field);
    // Where file names ignore case, the digits distinguish two fields.
    return join(this.#places.folder, `${field}.${hash('sha256', field).slice(0, 8)}${suffix}`);
  }

  async #unseal(field: SecretField, sealed: string): Promise<Unsealed> {
    const opened = unseal((this.#key ??= await this.#readKey()), field, sealed);
    if (opened.ok || opened.reason === 'damaged') return opened;
    // The file may have been replaced by the right one since it was read.
    this.#key = await this.#readKey();
    return unseal(this.#key, field, sealed);
  }

  /** The key, if it is the one with which the rest was written: two keys in one folder would lose one half of it. */
  async #usableKey(): Promise<SecretKey> {
    const [known] = await this.fields();
    const sealed = known === undefined ? undefined : await readPrivate(this.#fileOf(known));
    if (known === undefined || sealed === undefined) return (this.#key ??= await this.#readOrMakeKey());
    const opened = await this.#unseal(known, sealed.trim());
    if (!opened.ok && opened.reason === 'other-key') throw new SecretKeyWrong(this.#places.keyFile);
    return (this.#key ??= await this.#readKey());
  }

  async #readOrMakeKey(): Promise<SecretKey> {
    const { keyFile } = this.#places;
    if ((await this.#keyText()) === undefined) {
      const material = randomBytes(SecretKey.bytes).toString('base64');
      // If two processes start at once, one of them creates it and both read it.
      await createPrivate(keyFile, `${material}\n`).catch((error: unknown) => {
        throw unusable(keyFile, error);
      });
    }
    return this.#readKey();
  }

  async #readKey(): Promise<SecretKey> {
    const { keyFile } = this.#places;
    const text = (await this.#keyText())?.trim();
    if (text === undefined) throw new SecretKeyMissing(keyFile);
    const isBase64 = /^[A-Za-z0-9+/_-]{43}=?$/.test(text);
    if (!isBase64) throw new SecretKeyUnusable(keyFile, 'it holds something else');
    return new SecretKey(Buffer.from(text, 'base64'));
  }

  async #keyText(): Promise<string | undefined> {
    const { keyFile } = this.#places;
    return readPrivate(keyFile).catch((error: unknown) => {
      throw unusable(keyFile, error);
    });
  }

  async #inTurn<Result>(field: SecretField, work: () => Promise<Result>): Promise<Result> {
    const before = this.#turns.get(field) ?? Promise.resolve();
    const turn = before.then(work, work);
    this.#turns.set(field, turn);
    try {
      return await turn;
    } finally {
      if (this.#turns.get(field) === turn) this.#turns.delete(field);
    }
  }
}

function unusable(keyFile: string, error: unknown): SecretKeyUnusable {
  return new SecretKeyUnusable(keyFile, errorCode(error) ?? String(error), { cause: error });
}
