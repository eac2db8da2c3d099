import type { FastifyInstance } from 'fastify';
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { correlationIdOfMessage } from '../request-metadata.js';
import { withoutSecrets } from '../signed-addresses.js';
import type { FastLane } from './fast-lane.js';

/** The log, as far as requests are told in it. */
interface RequestLog {
  isLevelEnabled(level: 'debug'): boolean;
  debug(entry: object, message: string): void;
}

/** The lane is known only when its routes are, later than its hooks have to be in their place. */
export function addLane(fastify: FastifyInstance, headers: Readonly<Record<string, string>>, logger: RequestLog) {
  let lane: FastLane | undefined;
  // What a write changed holds before its answer is on the way.
  fastify.addHook('onSend', (request, _reply, _payload, done) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') lane?.forget();
    done();
  });
  fastify.addHook('onClose', (_instance, done) => {
    lane?.close();
    done();
  });
  const whenAnswered = (request: IncomingMessage, response: ServerResponse) => {
    if (!logger.isLevelEnabled('debug')) return;
    const { method, url = '' } = request;
    const began = performance.now();
    response.once('close', () => {
      const entry = {
        correlationId: correlationIdOfMessage(request),
        method,
        url: withoutSecrets(url),
        status: response.statusCode,
      };
      logger.debug({ ...entry, milliseconds: Math.round(performance.now() - began) }, 'Answered');
    });
  };
  return {
    open: (opened: FastLane) => {
      lane = opened;
      opened.open({ headers, whenAnswered });
      const { server } = fastify;
      const [usual] = server.listeners('request') as RequestListener[];
      if (usual === undefined) throw new Error('Fastify listens to no request of its server.');
      server.off('request', usual);
      server.on('request', (request: IncomingMessage, response: ServerResponse) => {
        opened.take(request, response, () => usual(request, response));
      });
    },
  };
}
