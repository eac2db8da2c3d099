import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { Claims, IdSequence, requirePermission } from '@streamvault/kernel';
import { SecretVault, SourceSecrets } from '@streamvault/secrets';
import { requireUse, sourceFrom } from '../../domain/source-url.js';
import { StreamerAlreadyAdded } from '../../domain/streamer-errors.js';
import { requireKnown } from '../../known-proxies.js';
import { NAME_TEMPLATES, type NameTemplates, PROXY_NAMES, type ProxyNames } from '../../ports.js';
import { sourceClaim, StreamerStreams } from '../../streamer-streams.js';
import { requireUsable } from '../../usable-template.js';
import type { StreamerOutcome } from '../outcome.js';
import { AddStreamer } from './add-streamer.command.js';

@CommandHandler(AddStreamer)
export class AddStreamerHandler implements ICommandHandler<AddStreamer> {
  constructor(
    private readonly streams: StreamerStreams,
    private readonly claims: Claims,
    private readonly ids: IdSequence,
    @Inject(PROXY_NAMES) private readonly proxies: ProxyNames,
    private readonly secrets: SecretVault,
    @Inject(NAME_TEMPLATES) private readonly templates: NameTemplates,
  ) {}

  /** @throws SourceNotSupported, UnknownProxy, InvalidNameTemplate, StreamerAlreadyAdded */
  async execute({ body, metadata }: AddStreamer): Promise<StreamerOutcome> {
    requirePermission(metadata, 'streamers.change');
    const { url, platform, name, credentials: written } = sourceFrom(body.url);
    const credentials = body.credentials ?? written;
    if (credentials !== undefined) requireUse(url, credentials);
    requireKnown(body.proxies, this.proxies);
    requireUsable(body.nameTemplate, this.templates);
    const isHeld = async (owner: number) => (await this.streams.find(owner)) !== undefined || undefined;
    const claim = sourceClaim(url);
    // Checked first so that a duplicate uses up no number. The claim below decides.
    const holder = await this.claims.owner(claim.category, claim.key);
    const facts = {
      name: body.name ?? name,
      url,
      platform,
      autoRecord: body.autoRecord ?? null,
      quality: body.quality ?? null,
      ads: body.ads ?? null,
      proxies: body.proxies ?? null,
      patienceSeconds: body.patienceSeconds ?? null,
      reruns: body.reruns ?? null,
      stopAfterChangeSeconds: body.stopAfterChangeSeconds ?? null,
      nameTemplate: body.nameTemplate ?? null,
      notices: body.notices ?? null,
    };
    if (holder && (await this.streams.find(holder.owner))) {
      const repeated = await this.streams.handle(
        { type: 'AddStreamer', at: metadata.now, streamerId: holder.owner, facts },
        metadata,
      );
      if (repeated.repeated) return { streamerId: holder.owner, position: repeated.position };
      throw new StreamerAlreadyAdded(holder.owner);
    }
    const streamerId = await this.ids.next('streamer', metadata);
    const granted = await this.claims.claim({ ...claim, owner: streamerId, metadata, isHeld });
    if (!granted.granted) throw new StreamerAlreadyAdded(granted.owner);
    // Stored before the streamer exists, because an existing streamer can be recorded.
    if (credentials !== undefined) await new SourceSecrets(this.secrets).set(url, credentials);
    const { position } = await this.streams.handle(
      { type: 'AddStreamer', at: metadata.now, streamerId, facts },
      metadata,
    );
    return { streamerId, position };
  }
}
