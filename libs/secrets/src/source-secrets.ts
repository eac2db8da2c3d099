import { createHash } from 'node:crypto';
import type { SecretVault } from './secret-vault.js';

/** Credentials for a source. */
export interface SourceSecret {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
}

/**
 * Credentials that users gave with the addresses of cameras and senders. They are stored by address and are not used
 * for any other.
 */
export class SourceSecrets {
  constructor(private readonly vault: Pick<SecretVault, 'get' | 'set' | 'erase'>) {}

  /** @throws as SecretVault.get does */
  async get(url: string): Promise<SourceSecret | undefined> {
    const text = await this.vault.get(fieldOf(url));
    // Only this class writes this field.
    return text === undefined ? undefined : (JSON.parse(text) as SourceSecret);
  }

  /** @throws as SecretVault.set does */
  set(url: string, secret: SourceSecret): Promise<void> {
    return this.vault.set(fieldOf(url), JSON.stringify(secret));
  }

  async erase(url: string): Promise<void> {
    await this.vault.erase(fieldOf(url));
  }
}

const fieldOf = (url: string): string => `sources.${createHash('sha256').update(url).digest('hex').slice(0, 40)}`;
