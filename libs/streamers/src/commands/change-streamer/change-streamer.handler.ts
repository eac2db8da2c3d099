import { Inject } from '@nestjs/common';
import { CommandHandler, type ICommandHandler } from '@nestjs/cqrs';
import { requirePermission } from '@streamvault/kernel';
import type { ChangeStreamerBody } from '@streamvault/api-contract';
import { SecretVault, SourceSecrets } from '@streamvault/secrets';
import { requireUse } from '../../domain/source-url.js';
import { StreamerNotFound } from '../../domain/streamer-errors.js';
import { requireKnown } from '../../known-proxies.js';
import { NAME_TEMPLATES, type NameTemplates, PROXY_NAMES, type ProxyNames } from '../../ports.js';
import { StreamerStreams } from '../../streamer-streams.js';
import { requireUsable } from '../../usable-template.js';
import type { StreamerOutcome } from '../outcome.js';
import { ChangeStreamer } from './change-streamer.command.js';

@CommandHandler(ChangeStreamer)
export class ChangeStreamerHandler implements ICommandHandler<ChangeStreamer> {
  constructor(
    private readonly streams: StreamerStreams,
    @Inject(PROXY_NAMES) private readonly proxyNames: ProxyNames,
    private readonly secrets: SecretVault,
    @Inject(NAME_TEMPLATES) private readonly templates: NameTemplates,
  ) {}

  /** @throws StreamerNotFound, UnknownProxy, InvalidNameTemplate */
  async execute({ streamerId, body, metadata }: ChangeStreamer): Promise<StreamerOutcome> {
    requirePermission(metadata, 'streamers.change');
    requireKnown(body.proxies, this.proxyNames);
    requireUsable(body.nameTemplate, this.templates);
    // Omitted ones stay; null returns to what applies to all. Credentials are stored elsewhere.
    const { credentials, ...changes } = named(body);
    if (credentials !== undefined) await this.#keepCredentials(streamerId, credentials);
    const { position } = await this.streams.handle(
      { type: 'ChangeStreamer', at: metadata.now, streamerId, changes },
      metadata,
    );
    return { streamerId, position };
  }

  /** No event contains them: the log is permanent, and a secret has to be erasable. */
  async #keepCredentials(streamerId: number, credentials: ChangeStreamerBody['credentials']): Promise<void> {
    const streamer = await this.streams.find(streamerId);
    if (streamer === undefined) throw new StreamerNotFound(streamerId);
    const secrets = new SourceSecrets(this.secrets);
    if (credentials === null || credentials === undefined) return secrets.erase(streamer.url);
    requireUse(streamer.url, credentials);
    await secrets.set(streamer.url, credentials);
  }
}

type Named<Body> = { [Name in keyof Body]?: Exclude<Body[Name], undefined> };

const named = <Body extends object>(body: Body): Named<Body> =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- only what is undefined is left out
  Object.fromEntries(Object.entries(body).filter(([, value]) => value !== undefined)) as Named<Body>;
