import { Controller, Get, Inject } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { proxyList, type ProxyList } from '@streamvault/api-contract';
import { Connections } from '@streamvault/network';
import { SETTINGS } from '../runtime/tokens.js';
import type { Settings } from '../settings/settings.js';
import { Answers, Needs } from '@streamvault/http-kit';

@ApiTags('System')
@Controller('api/proxies')
export class ProxiesController {
  constructor(
    @Inject(SETTINGS) private readonly settings: Settings,
    private readonly connections: Connections,
  ) {}

  @Get()
  @Needs('streamers.view', { lists: 'nothing' })
  @Answers(200, proxyList, 'The proxies of SOURCE_PROXIES and their state, without their logins.')
  list(): ProxyList {
    const { sourceProxies } = this.settings;
    const items = sourceProxies.status(this.connections.proxies, Date.now());
    return {
      items: items.map(({ name, isNamed, restsUntil }) => ({
        name,
        canBeChosen: isNamed,
        restsUntil: restsUntil ?? null,
      })),
      defaults: [...sourceProxies.shownDefaults],
    };
  }
}
