import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { proxyList, type ProxyList } from '@streamvault/api-contract';
import { Connections, ProxyList as SourceProxies } from '@streamvault/network';
import { Answers, Needs } from '@streamvault/http-kit';

@ApiTags('System')
@Controller('api/proxies')
export class ProxiesController {
  constructor(
    private readonly proxies: SourceProxies,
    private readonly connections: Connections,
  ) {}

  @Get()
  @Needs('streamers.view', { lists: 'nothing' })
  @Answers(200, proxyList, 'The proxies of SOURCE_PROXIES and their state, without their logins.')
  list(): ProxyList {
    const items = this.proxies.status(this.connections.proxies, Date.now());
    return {
      items: items.map(({ name, isNamed, restsUntil }) => ({
        name,
        canBeChosen: isNamed,
        restsUntil: restsUntil ?? null,
      })),
      defaults: [...this.proxies.shownDefaults],
    };
  }
}
