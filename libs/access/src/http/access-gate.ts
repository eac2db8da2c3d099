import { Injectable, type Type } from '@nestjs/common';
import { type Principal, type RouteNeeds, setPrincipal, type SharedItem } from '@streamvault/http-kit';
import type { FastifyRequest } from 'fastify';
import { AccountDirectory } from '../accounts.js';
import { NotAllowed } from '../asker.js';
import { ProxyWatch } from '../proxy-watch.js';
import { isRead, saysWhereFrom } from './cross-site.js';
import { ourView } from './other-sites.js';
import { PrincipalResolver } from './principal-resolver.js';
import { CrossSiteWrite, NothingThere, NotShared, NotSignedIn, SetUpRequired } from './refusals.js';
import { StreamersOfItems } from './streamers-of-items.js';
import { type DeclaredRoute, routesOf, words } from './route-table.js';

/**
 * Checks every route before a body is read. A route without a declared permission is denied.
 *
 * Order: set-up, the caller, the permission, the thing.
 */
@Injectable()
export class AccessGate {
  readonly #needs = new Map<string, RouteNeeds>();

  constructor(
    private readonly accounts: AccountDirectory,
    private readonly resolver: PrincipalResolver,
    private readonly watch: ProxyWatch,
    private readonly streamers: StreamersOfItems,
  ) {}

  /**
   * For all controllers.
   * @throws UndeclaredRoutes
   */
  guard(controllers: readonly Type[], permissions: readonly string[]): readonly DeclaredRoute[] {
    const routes = routesOf(controllers, permissions);
    for (const { method, path, needs } of routes) this.#needs.set(`${method} ${path}`, needs);
    return routes;
  }

  /**
   * @param declared the permission of a route that belongs to no controller: a file of the console
   * @throws CrossSiteWrite, SetUpRequired, NotSignedIn, NotAllowed, NotShared
   */
  async check(request: FastifyRequest, declared?: RouteNeeds): Promise<void> {
    this.watch.see(request.socket?.remoteAddress, request.headers);
    const needs = declared ?? this.#needsOf(request);
    if (needs.permission === 'always') return;
    if ((await this.accounts.current()).lastId === 0) throw new SetUpRequired();
    const principal = await this.resolver.resolve(request, itemOf(needs, request));
    setPrincipal(request, principal);
    if (principal.kind === 'session' && !isRead(request.method) && !saysWhereFrom(ourView(request)))
      throw new CrossSiteWrite();
    allow(principal, needs, request);
    await this.#requireVisible(principal, needs, request);
  }

  /** @throws NothingThere, NotAllowed for a caller who sees only some streamers */
  async #requireVisible({ streamerIds }: Principal, needs: RouteNeeds, request: FastifyRequest): Promise<void> {
    if (streamerIds === null || words.includes(needs.permission) || needs.lists !== undefined) return;
    const kind = needs.of ?? needs.shared;
    const id = idOf(request);
    if (kind === undefined) throw new NotAllowed('to see all streamers');
    const streamerId = id === undefined ? undefined : await this.streamers.of(kind, id);
    if (streamerId === undefined || !streamerIds.includes(streamerId)) throw new NothingThere();
  }

  #needsOf(request: FastifyRequest): RouteNeeds {
    const { url = '' } = request.routeOptions;
    const method = request.method === 'HEAD' && !this.#needs.has(`HEAD ${url}`) ? 'GET' : request.method;
    return this.#needs.get(`${method} ${url}`) ?? { permission: 'a declaration' };
  }
}

/** The thing that the path names, if links may open it. */
function itemOf({ shared }: RouteNeeds, request: FastifyRequest): SharedItem | undefined {
  const id = shared === undefined ? undefined : idOf(request);
  return shared !== undefined && id !== undefined ? { kind: shared, id } : undefined;
}

function idOf({ params }: FastifyRequest): number | undefined {
  const id = (params as { id?: string } | undefined)?.id;
  return id !== undefined && /^[1-9]\d{0,15}$/.test(id) ? Number(id) : undefined;
}

/** @throws NotSignedIn, NotAllowed, NotShared */
function allow(principal: Principal, needs: RouteNeeds, request: FastifyRequest): void {
  const { permission } = needs;
  if (permission === 'anyone') return;
  if (principal.kind === 'nobody') throw new NotSignedIn();
  if (principal.items !== null) {
    const asked = itemOf(needs, request);
    const isItsOwn = asked && principal.items.some(({ kind, id }) => kind === asked.kind && id === asked.id);
    if (!isItsOwn || !isRead(request.method)) throw new NotShared();
  }
  if (permission === 'signed-in') {
    if (principal.userId === null) throw new NotSignedIn();
    return;
  }
  if (!principal.can(permission)) throw new NotAllowed(permission);
}
