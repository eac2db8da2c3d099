import { errorCode } from '@streamvault/failures';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { DomainError } from '@streamvault/kernel';
import { open, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

export class WrongSetUpCode extends DomainError {
  readonly code = 'setup.wrong-code';
  readonly kind = 'forbidden';
  constructor() {
    super('That is not the set-up code. It is in the log of the server, and in the file setup-code in DATA_DIR.');
  }
}

/** Crockford's base32: its characters cannot be confused. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groups = 8;
const groupLength = 4;

/** Proves that the user can read the machine's disk or log. Used once. */
export class SetUpCode {
  readonly #file: string;

  constructor(dataDirectory: string) {
    this.#file = join(dataDirectory, 'setup-code');
  }

  get file(): string {
    return this.#file;
  }

  /** The existing code, or a new one: a restart before set-up changes nothing. */
  async ensure(): Promise<string> {
    const known = await this.#read();
    if (known !== undefined) return known;
    const code = newCode();
    await using handle = await open(this.#file, 'w', 0o600);
    await handle.chmod(0o600);
    await handle.writeFile(`${code}\n`);
    await handle.sync();
    return code;
  }

  /** @throws WrongSetUpCode */
  async require(given: string | undefined): Promise<void> {
    const known = await this.#read();
    if (known === undefined || given === undefined || !isSame(plain(known), plain(given))) throw new WrongSetUpCode();
  }

  async remove(): Promise<void> {
    await rm(this.#file, { force: true });
  }

  async #read(): Promise<string | undefined> {
    try {
      const text = (await readFile(this.#file, 'utf8')).trim();
      return plain(text).length === groups * groupLength ? text : undefined;
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return undefined;
      throw error;
    }
  }
}

function newCode(): string {
  const letters = [...randomBytes(groups * groupLength)].map((byte) => alphabet[byte % alphabet.length]).join('');
  return letters.match(new RegExp(`.{${groupLength}}`, 'g'))?.join('-') ?? letters;
}

/** Normalizes a typed code. */
const plain = (code: string): string =>
  code
    .toUpperCase()
    .replaceAll(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replaceAll(/[IL]/g, '1');

function isSame(one: string, other: string): boolean {
  const [left, right] = [Buffer.from(one), Buffer.from(other)];
  return left.length === right.length && timingSafeEqual(left, right);
}
