import type { FastifyRequest } from 'fastify';
import type { Visitor } from '../commands/session-door.js';
import { agentFamily } from './agent-family.js';
import { deviceTokenOf } from './session-cookie.js';

/** Where a request comes from; behind a proxy of TRUSTED_PROXIES, as the proxy says. */
export const visitorOf = (request: FastifyRequest): Visitor => ({
  address: request.ip,
  agent: agentFamily(request.headers['user-agent']),
  device: deviceTokenOf(request),
});

const proxyHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded', 'via'];

/** From this machine, without a known proxy in between. Some proxies do not identify themselves, but use HTTP/1.0. */
export function isFromThisMachine(request: FastifyRequest): boolean {
  const { remoteAddress = '' } = request.socket;
  const isLoopback = /^(127\.|::1$|::ffff:127\.)/.test(remoteAddress);
  return (
    isLoopback &&
    request.raw.httpVersion !== '1.0' &&
    /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(request.headers.host ?? '') &&
    proxyHeaders.every((name) => request.headers[name] === undefined)
  );
}
