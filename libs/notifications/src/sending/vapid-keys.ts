import { Inject, Injectable } from '@nestjs/common';
import type { PushKey } from '@streamvault/api-contract';
import { DomainError, INSTALLATION, type Installation } from '@streamvault/kernel';
import { SecretVault } from '@streamvault/secrets';
import webPush from 'web-push';
import { z } from 'zod';
import { requireHttps, type VapidDetails } from '../targets/webpush.js';

const field = 'notifications.vapid';
const pair = z.object({ publicKey: z.string(), privateKey: z.string() });

/**
 * The keys that web push is signed with: created once, in the vault. New keys would end every existing subscription.
 */
@Injectable()
export class VapidKeys {
  #keys: Promise<z.infer<typeof pair>> | undefined;

  constructor(
    private readonly vault: SecretVault,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {}

  /** @throws InvalidTarget where StreamVault is not reached by https */
  async details(): Promise<VapidDetails> {
    const subject = requireHttps(this.installation.publicUrl);
    return { subject, ...(await this.#read()) };
  }

  async forBrowsers(): Promise<PushKey> {
    try {
      return { publicKey: (await this.details()).publicKey, problem: null };
    } catch (error) {
      if (!(error instanceof DomainError)) throw error;
      return { publicKey: null, problem: error.message };
    }
  }

  #read(): Promise<z.infer<typeof pair>> {
    this.#keys ??= this.#readOrMake().catch((error: unknown) => {
      // The next caller tries again.
      this.#keys = undefined;
      throw error;
    });
    return this.#keys;
  }

  async #readOrMake(): Promise<z.infer<typeof pair>> {
    const stored = await this.vault.get(field);
    if (stored !== undefined) return pair.parse(JSON.parse(stored));
    const made = webPush.generateVAPIDKeys();
    await this.vault.set(field, JSON.stringify(made));
    return made;
  }
}
