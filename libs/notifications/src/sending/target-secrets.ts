import type { CredentialName } from '@streamvault/api-contract';
import type { SecretDescription, SecretVault } from '@streamvault/secrets';
import { credentialsOf } from '../targets/address.js';
import type { Credentials } from '../targets/outgoing.js';

const all = [...new Set(Object.values(credentialsOf).flatMap(({ needed, optional }) => [...needed, ...optional]))];

/** The secrets of targets: in the vault, by target and name. */
export class TargetSecrets {
  constructor(private readonly vault: SecretVault) {}

  async read(targetId: number, names: readonly CredentialName[]): Promise<Credentials> {
    const read = await Promise.all(
      names.map(async (name) => [name, await this.vault.get(field(targetId, name))] as const),
    );
    return Object.fromEntries(read.filter(([, text]) => text !== undefined));
  }

  /** null erases. */
  async change(
    targetId: number,
    changes: Readonly<Partial<Record<CredentialName, string | null | undefined>>>,
  ): Promise<void> {
    for (const name of all) {
      const text = changes[name];
      if (typeof text === 'string') await this.vault.set(field(targetId, name), text);
      else if (text === null) await this.vault.erase(field(targetId, name));
    }
  }

  async erase(targetId: number): Promise<void> {
    for (const name of all) await this.vault.erase(field(targetId, name));
  }

  async describe(targetId: number, names: readonly CredentialName[]): Promise<Record<string, SecretDescription>> {
    const described = names.map(async (name) => [name, await this.vault.describe(field(targetId, name))] as const);
    return Object.fromEntries(await Promise.all(described));
  }
}

const field = (targetId: number, name: CredentialName): string => `notifications.target.${targetId}.${name}`;
