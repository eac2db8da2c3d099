import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import { SecretVault } from '@streamvault/secrets';
import { InvalidTarget } from '../../domain/target-errors.js';
import { TargetSecrets } from '../../sending/target-secrets.js';
import { TargetStreams } from '../../target-streams.js';
import { credentialsOf, originOf, requireCredentials } from '../../targets/address.js';
import { requireManner, writtenTemplates } from '../../targets/manner.js';
import { ChangeTarget } from './change-target.command.js';

@CommandHandler(ChangeTarget)
export class ChangeTargetHandler implements ICommandHandler<ChangeTarget> {
  readonly #secrets: TargetSecrets;

  constructor(
    private readonly targets: TargetStreams,
    vault: SecretVault,
  ) {
    this.#secrets = new TargetSecrets(vault);
  }

  /** @throws TargetNotFound, InvalidTarget */
  async execute({ targetId, body, metadata }: ChangeTarget): Promise<void> {
    requirePermission(metadata, 'notifications.change');
    const { credentials = {}, templates, ...changes } = body;
    requireManner(body);
    const { actor: by, now: at } = metadata;
    const { settings: before } = await this.targets.get(targetId);
    const given = Object.entries(credentials).filter(([, text]) => typeof text === 'string');
    requireCredentials(before.kind, Object.fromEntries(given));
    const erased = credentialsOf[before.kind].needed.find((name) => credentials[name] === null);
    if (erased !== undefined)
      throw new InvalidTarget(
        `A target of the kind ${before.kind} needs its ${erased}. Set another one, or remove the target.`,
      );
    const origin = originOf(changes.settings ?? before, Object.fromEntries(given));
    const written = templates && writtenTemplates(templates);
    await this.targets.handle(
      { type: 'ChangeTarget', targetId, by, at, changes: { ...changes, templates: written, origin } },
      metadata,
    );
    await this.#secrets.change(targetId, credentials);
  }
}
