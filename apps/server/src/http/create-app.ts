import { type DynamicModule, MethodNotAllowedException, NotFoundException, type Type } from '@nestjs/common';
import { ModulesContainer, NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { readFile } from 'node:fs/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Logger } from 'pino';
import { isConsolePage, serveConsole } from '../console/serve-console.js';
import type { Settings } from '../settings/settings.js';
import { serverFolder, version } from '../version.js';
import { AccessGate, isTrusted, refuseOtherSites } from '@streamvault/access';
import {
  addLane,
  ClientErrors,
  correlationIdOf,
  FastLane,
  OurHosts,
  ProblemFilter,
  publishOpenApi,
  requireJson,
  RouteTable,
  validation,
  withoutSecrets,
} from '@streamvault/http-kit';
import { Contexts } from '@streamvault/kernel';
import { limitConnections } from './connections-per-client.js';
import { addGate } from './gate-hook.js';
import { NestLogger } from './nest-logger.js';

const bodyLimitBytes = 256 * 1024;
const requestMilliseconds = 8000;
/**
 * Far more than consoles and players have open. Beyond this, new connections are closed, and existing ones continue.
 */
const mostConnections = 2000;
/** Of one address, which may be a proxy that nobody named. */
const mostConnectionsEach = 500;

const contentSecurityPolicy = [
  "default-src 'self'",
  "script-src 'self'",
  // Angular writes its components' styles into the page.
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  // hls.js feeds the player from memory, and unpacks in a worker.
  "media-src 'self' blob:",
  "worker-src 'self' blob:",
  "connect-src 'self'",
  "object-src 'none'",
  "base-uri 'self'",
  "frame-ancestors 'none'",
  "form-action 'self'",
].join('; ');

/** Applies to every answer: no other site can frame it or load a part of it, and its type is not guessed. */
const safeguards = {
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Content-Security-Policy': contentSecurityPolicy,
};

/**
 * The HTTP part of the server: Nest on Fastify, with the rules for every route.
 * @param patienceMs how long a whole request may take to arrive
 */
export async function createApp(
  module: DynamicModule,
  settings: Settings,
  logger: Logger,
  patienceMs = requestMilliseconds,
): Promise<NestFastifyApplication> {
  const filter = new ProblemFilter(logger);
  const clientErrors = new ClientErrors();
  const adapter = new FastifyAdapter({
    bodyLimit: bodyLimitBytes,
    forceCloseConnections: true,
    // A request is small and arrives at once; a client that sends a byte now and then cannot hold a connection for
    // long.
    requestTimeout: patienceMs,
    http: { headersTimeout: patienceMs, connectionsCheckingInterval: patienceMs / 8 },
    clientErrorHandler: (error, socket) => clientErrors.answer(error, socket),
    trustProxy: settings.trustedProxies.length > 0 ? [...settings.trustedProxies] : false,
    routerOptions: { maxParamLength: 300 },
    frameworkErrors: (error: unknown, request: unknown, reply: unknown) =>
      filter.answer(error, request as FastifyRequest, reply as FastifyReply),
  });
  const fastify = adapter.getInstance<FastifyInstance>();
  fastify.server.maxConnections = mostConnections;
  limitConnections(fastify.server, {
    mostEach: mostConnectionsEach,
    isShared: (address) => isTrusted([...settings.trustedProxies, 'loopback'], address),
  });
  clientErrors.watch(fastify.server);
  addRules(fastify, new OurHosts(settings), logger, filter);
  refuseOtherMethods(fastify, filter);
  completeLists(fastify);
  const hasApi = settings.roles.has('api');
  const door = addGate(fastify, filter, hasApi);
  const fast = addLane(fastify, safeguards, logger);
  const hasConsole = hasApi && (await serveConsole(fastify));
  serveLicenses(fastify);
  if (hasApi) leadToDocumentation(fastify);
  answerUnknownPages(fastify, filter, { hasApi, hasConsole });
  door.endOfConsole();
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
  });
  app.useGlobalPipes(validation);
  app.useGlobalFilters(filter);
  if (hasApi) publishOpenApi(app, version);
  await app.init();
  const gate = app.get(AccessGate);
  gate.guard(controllersOf(app), Object.keys(app.get(Contexts).permissions));
  const lane = app.get(FastLane);
  door.open(gate, lane);
  fast.open(lane);
  return app;
}

/** From Nest, so that none can be forgotten. */
const controllersOf = (app: NestFastifyApplication): Type[] =>
  [...app.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => (metatype ? [metatype as Type] : [])),
  );

function addRules(fastify: FastifyInstance, hosts: OurHosts, logger: Logger, filter: ProblemFilter): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('X-Correlation-Id', correlationIdOf(request));
    // On the raw answer, which some routes write without Fastify.
    for (const [name, value] of Object.entries(safeguards)) reply.raw.setHeader(name, value);
    try {
      hosts.check(request.host);
      refuseOtherSites(request);
      requireJson(request);
      done();
    } catch (error) {
      filter.answer(error, request, reply);
    }
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const { method, url } = request;
    const entry = {
      correlationId: correlationIdOf(request),
      method,
      url: withoutSecrets(url),
      status: reply.statusCode,
    };
    logger.debug({ ...entry, milliseconds: Math.round(reply.elapsedTime) }, 'Answered');
    done();
  });
}

/** Something is there, but does not do that. Before the gate: what there is, the documentation says to everybody who installs this. */
function refuseOtherMethods(fastify: FastifyInstance, filter: ProblemFilter): void {
  const routes = new RouteTable(fastify);
  fastify.addHook('onRequest', (request, reply, done) => {
    const { method, routeOptions, url } = request;
    const isUnknown = routeOptions.url === undefined || routeOptions.url.includes('*');
    const allowed = isUnknown ? routes.methodsAt(url) : [];
    if (allowed.length === 0 || allowed.includes(method)) return done();
    void reply.header('Allow', allowed.join(', '));
    filter.answer(
      new MethodNotAllowedException(`${method} is not for ${withoutSecrets(url)}; ${allowed.join(', ')} would be.`),
      request,
      reply,
    );
  });
}

/** Every list says whether it goes on, those that always come whole too. */
function completeLists(fastify: FastifyInstance): void {
  fastify.addHook('preSerialization', (_request, _reply, answer: unknown, done) => {
    const isWhole = isList(answer) && answer.nextCursor === undefined;
    done(null, isWhole ? { ...answer, nextCursor: null } : answer);
  });
}

const isList = (answer: unknown): answer is { readonly items: unknown[]; readonly nextCursor?: unknown } =>
  typeof answer === 'object' && answer !== null && 'items' in answer && Array.isArray(answer.items);

/** Who tries the address that all others begin with is told what there is. */
function leadToDocumentation(fastify: FastifyInstance): void {
  for (const url of ['/api', '/api/']) fastify.get(url, (_, reply) => reply.redirect('/api/docs', 302));
}

/** Written beside the program by the build. */
function serveLicenses(fastify: FastifyInstance): void {
  fastify.get('/licenses.txt', async (_, reply) => {
    const text = await readFile(new URL('dist/licenses.txt', serverFolder), 'utf8').catch(() => undefined);
    if (text === undefined) throw new NotFoundException('The licences are collected by npm run build.');
    return reply.header('Cache-Control', 'no-cache').type('text/plain; charset=utf-8').send(text);
  });
}

/** A page of the console opens the console; any other unknown address is a 404 problem. */
function answerUnknownPages(
  fastify: FastifyInstance,
  filter: ProblemFilter,
  { hasApi, hasConsole }: { readonly hasApi: boolean; readonly hasConsole: boolean },
): void {
  const why = (url: string): string => {
    if (!hasApi) return 'This process does not have the role api. Ask the one that has it, or add it to ROLES.';
    return isConsolePage(url)
      ? 'The console is not built. Run: npm run build'
      : `There is nothing at ${withoutSecrets(url)}.`;
  };
  fastify.get('/*', (request, reply) => {
    if (hasConsole && isConsolePage(request.url))
      return reply.header('Cache-Control', 'no-cache').sendFile('index.html');
    filter.answer(new NotFoundException(why(request.url)), request, reply);
    return reply;
  });
}
