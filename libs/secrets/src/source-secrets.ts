import { createHash } from 'node:crypto';
import type { SecretVault } from './secret-vault.js';

/** What proves to a source that one may read it. */
export interface SourceSecret {
  readonly user?: string | undefined;
  readonly password?: string | undefined;
  readonly passphrase?: string | undefined;
}

/** What users gave with the addresses of their cameras and senders: kept by the address, which none of it can leave for another. */
export class SourceSecrets {
  constructor(private readonly vault: Pick<SecretVault, 'get' | 'set' | 'erase'>) {}

  /** @throws as SecretVault.get does */
  async get(url: string): Promise<SourceSecret | undefined> {
    const text = await this.vault.get(fieldOf(url));
    // Nobody else writes this field.
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
