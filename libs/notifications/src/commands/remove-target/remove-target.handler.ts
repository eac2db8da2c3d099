import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { SecretVault } from '@streamvault/secrets';
import { TargetSecrets } from '../../sending/target-secrets.js';
import { TargetStreams } from '../../target-streams.js';
import { RemoveTarget } from './remove-target.command.js';

@CommandHandler(RemoveTarget)
export class RemoveTargetHandler implements ICommandHandler<RemoveTarget> {
  readonly #secrets: TargetSecrets;

  constructor(
    private readonly targets: TargetStreams,
    vault: SecretVault,
  ) {
    this.#secrets = new TargetSecrets(vault);
  }

  /** @throws TargetNotFound */
  async execute({ targetId, metadata }: RemoveTarget): Promise<void> {
    requirePermission(metadata, 'notifications.change');
    await this.targets.handle({ type: 'RemoveTarget', targetId, by: metadata.actor, at: metadata.now }, metadata);
    await this.#secrets.erase(targetId);
  }
}
