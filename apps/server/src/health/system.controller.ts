import { Controller, Get, Res } from '@nestjs/common';
import { ApiProduces, ApiTags } from '@nestjs/swagger';
import { health } from '@streamvault/api-contract';
import type { FastifyReply } from 'fastify';
import { Answers, Needs } from '@streamvault/http-kit';
import { HealthChecks } from './health-checks.js';
import { Metrics } from './metrics.js';

@ApiTags('System')
@Controller()
export class SystemController {
  constructor(
    private readonly checks: HealthChecks,
    private readonly metrics: Metrics,
  ) {}

  @Get('health')
  @Needs('always')
  @Answers(200, health, 'Whether everything that is needed is available; 503 if not.', 503)
  async health(@Res() reply: FastifyReply): Promise<void> {
    const report = await this.checks.report();
    void reply.status(report.status === 'down' ? 503 : 200).header('Cache-Control', 'no-store');
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
