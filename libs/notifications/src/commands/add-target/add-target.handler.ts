import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { DomainError, IdSequence, INSTALLATION, type Installation, requirePermission } from '@streamvault/kernel';
import { SecretVault } from '@streamvault/secrets';
import { InvalidTarget } from '../../domain/target-errors.js';
import { TargetSecrets } from '../../sending/target-secrets.js';
import { TargetStreams } from '../../target-streams.js';
import { originOf, requireCredentials, requireNeeded } from '../../targets/address.js';
import { requireManner, writtenTemplates } from '../../targets/manner.js';
import { requireHttps } from '../../targets/webpush.js';
import { AddTarget } from './add-target.command.js';

@CommandHandler(AddTarget)
export class AddTargetHandler implements ICommandHandler<AddTarget> {
  readonly #secrets: TargetSecrets;

  constructor(
    private readonly targets: TargetStreams,
    private readonly ids: IdSequence,
    vault: SecretVault,
    @Inject(INSTALLATION) private readonly installation: Pick<Installation, 'publicUrl'>,
  ) {
    this.#secrets = new TargetSecrets(vault);
  }

  /** @throws InvalidTarget, TooManyTargets */
  async execute({ body, metadata }: AddTarget): Promise<number> {
    requirePermission(metadata, 'notifications.change');
    const { credentials, settings } = body;
    const { actor: by, now: at } = metadata;
    requireCredentials(settings.kind, credentials);
    requireNeeded(settings.kind, new Set(Object.keys(credentials)));
    requireManner(body);
    if (settings.kind === 'webpush') requireHttps(this.installation.publicUrl);
    const origin = originOf(settings, credentials);
    if (origin === undefined) throw new InvalidTarget('The target has no address.');
    const targetId = await this.ids.next('notification_target', metadata);
    // Stored before the target exists, because an existing target can be sent to.
    await this.#secrets.change(targetId, credentials);
    const { name, kinds, streamerIds, quiet, digestAt, templates, enabled } = body;
    const facts = {
      targetId,
      name,
      settings,
      origin,
      kinds,
      streamerIds,
      quiet,
      digestAt,
      enabled,
      templates: writtenTemplates(templates),
    };
    try {
      await this.targets.handle({ type: 'AddTarget', targetId, by, at, facts }, metadata);
    } catch (error) {
      // If it is unknown whether the event was written, the target may exist and need them.
      if (error instanceof DomainError) await this.#secrets.erase(targetId);
      throw error;
    }
    return targetId;
  }
}
