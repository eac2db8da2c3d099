import { type ArgumentsHost, Catch, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { problemOf } from './problem.js';
import { correlationIdOf } from './request-metadata.js';
import { withoutSecrets } from './signed-addresses.js';

/** What errors are told to: a pino logger, say. */
export type ProblemLogger = Readonly<Record<'debug' | 'warn' | 'error', (entry: object, message: string) => void>>;

/** The one place where errors become HTTP answers. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(private readonly logger: ProblemLogger) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    this.answer(error, http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>());
  }

  answer(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
    const correlationId = correlationIdOf(request);
    const url = withoutSecrets(request.url);
    const problem = problemOf(error, url, correlationId);
    const entry = { err: error, correlationId, method: request.method, url };
    // A new installation waits for its first account; nothing is unavailable.
    if (problem.code === 'setup.required') this.logger.debug(entry, 'A request came before there was an account');
    else if (problem.status === 503) this.logger.warn(entry, 'A request has to wait for something that is unavailable');
    else if (problem.status >= 500) this.logger.error(entry, 'A request failed');
    if (reply.sent) return;
    // A request that never reached the hooks (an undecodable address) must be found in the log as well.
    void reply.header('X-Correlation-Id', correlationId);
    if (problem.status === 503 || problem.status === 429) {
      const { retryAfterSeconds: seconds } = problem;
      void reply.header('Retry-After', typeof seconds === 'number' ? seconds : 2);
    }
    void reply.status(problem.status).header('Content-Type', 'application/problem+json').send(problem);
  }
}
