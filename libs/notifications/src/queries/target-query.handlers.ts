import { type IQueryHandler, QueryHandler } from '@nestjs/cqrs';
import { type NoticeKind, noticeKinds, type NotificationTarget } from '@streamvault/api-contract';
import { SecretVault } from '@streamvault/secrets';
import type { Target } from '../domain/target-decider.js';
import { DeliveryHost } from '../sending/delivery-host.js';
import { TargetSecrets } from '../sending/target-secrets.js';
import { TargetStreams } from '../target-streams.js';
import { credentialsOf } from '../targets/address.js';
import { GetTarget, ListTargets } from './notification-queries.js';

@QueryHandler(ListTargets)
export class ListTargetsHandler implements IQueryHandler<ListTargets> {
  constructor(
    private readonly targets: TargetStreams,
    private readonly vault: SecretVault,
    private readonly host: DeliveryHost,
  ) {}

  async execute(): Promise<NotificationTarget[]> {
    const targets = [...(await this.targets.all()).values()];
    return Promise.all(targets.map((target) => describe(target, this.vault, this.host)));
  }
}

@QueryHandler(GetTarget)
export class GetTargetHandler implements IQueryHandler<GetTarget> {
  constructor(
    private readonly targets: TargetStreams,
    private readonly vault: SecretVault,
    private readonly host: DeliveryHost,
  ) {}

  async execute({ targetId }: GetTarget): Promise<NotificationTarget> {
    return describe(await this.targets.get(targetId), this.vault, this.host);
  }
}

async function describe(target: Target, vault: SecretVault, { worker }: DeliveryHost): Promise<NotificationTarget> {
  const { targetId: id, name, settings, origin, kinds, streamerIds, quiet, digestAt, enabled, switchedOff } = target;
  const { needed, optional } = credentialsOf[settings.kind];
  return {
    id,
    name,
    settings,
    origin,
    credentials: await new TargetSecrets(vault).describe(id, [...needed, ...optional]),
    kinds: kinds && kinds.filter(isKnown),
    streamerIds: streamerIds && [...streamerIds],
    quiet,
    digestAt,
    templates: Object.fromEntries(Object.entries(target.templates).filter(([kind]) => isKnown(kind))),
    enabled,
    switchedOff,
    restingUntil: worker?.restingUntil(id) ?? null,
  };
}

export const isKnown = (kind: string): kind is NoticeKind => noticeKinds.some((known) => known === kind);
