import { createCipheriv, createDecipheriv, hash, randomBytes } from 'node:crypto';

/** AES-256-GCM as NIST SP 800-38D recommends it: a random 96-bit IV, a tag of 128 bits. */
const algorithm = 'aes-256-gcm';
const ivBytes = 12;
const tagBytes = 16;

export class SecretKey {
  static readonly bytes = 32;
  /** Identifies the key without revealing anything about it. */
  readonly id: string;

  constructor(readonly material: Buffer) {
    this.id = hash('sha256', Buffer.concat([Buffer.from('streamvault secret key\0'), material])).slice(0, 16);
  }
}

/** `v1.<key id>.<iv>.<ciphertext>.<tag>`, base64url. The field is authenticated with it. */
export function seal(key: SecretKey, field: string, text: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(algorithm, key.material, iv, { authTagLength: tagBytes }).setAAD(additional(field));
  const ciphertext = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const parts = [iv, ciphertext, cipher.getAuthTag()].map((part) => part.toString('base64url'));
  return ['v1', key.id, ...parts].join('.');
}

export type Unsealed =
  { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: 'other-key' | 'damaged' };

export function unseal(key: SecretKey, field: string, sealed: string): Unsealed {
  const [, keyId, iv = '', ciphertext = '', tag = ''] =
    /^v1\.([0-9a-f]{16})\.([\w-]{16})\.([\w-]*)\.([\w-]{22})$/.exec(sealed) ?? [];
  if (keyId === undefined) return { ok: false, reason: 'damaged' };
  if (keyId !== key.id) return { ok: false, reason: 'other-key' };
  try {
    const decipher = createDecipheriv(algorithm, key.material, Buffer.from(iv, 'base64url'), {
      authTagLength: tagBytes,
    })
      .setAAD(additional(field))
      .setAuthTag(Buffer.from(tag, 'base64url'));
    const text = Buffer.concat([decipher.update(Buffer.from(ciphertext, 'base64url')), decipher.final()]);
    return { ok: true, text: text.toString('utf8') };
  } catch {
    // GCM only reports that the tag does not fit: the value was changed, or belongs to another field.
    return { ok: false, reason: 'damaged' };
  }
}

const additional = (field: string): Buffer => Buffer.from(`streamvault secret v1\0${field}`);
