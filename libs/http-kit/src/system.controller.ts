import { Controller, Get, Inject, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { health, type Health } from '@streamvault/api-contract';
import { HealthChecks, INSTALLATION, type Installation, Metrics } from '@streamvault/kernel';
import { DisksHealth } from '@streamvault/storage';
import type { FastifyReply } from 'fastify';
import { Answers } from './documentation.js';
import { Needs } from './needs.js';

@ApiTags('System')
@Controller()
export class SystemController {
  constructor(
    private readonly checks: HealthChecks,
    private readonly storage: DisksHealth,
    private readonly metrics: Metrics,
    @Inject(INSTALLATION) private readonly installation: Installation,
  ) {}

  @Get('health')
  @Needs('always')
  @Answers(200, health, 'Whether everything that is needed is available; 503 if not.', 503)
  async health(@Res() reply: FastifyReply): Promise<void> {
    const { checks, status } = await this.checks.report();
    const { version } = this.installation;
    const report: Health = { status, version, uptimeSeconds: process.uptime(), checks, disks: this.storage.disks };
    void reply.status(status === 'down' ? 503 : 200).header('Cache-Control', 'no-store');
    void reply.send(report);
  }

  @Get('metrics')
  @Needs('system.view')
  @ApiProduces('text/plain')
  @Answers(200, undefined, 'Prometheus metrics.')
  async prometheus(@Res() reply: FastifyReply): Promise<void> {
    void reply.header('Content-Type', this.metrics.contentType).send(await this.metrics.text());
  }
}
