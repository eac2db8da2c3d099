import { applyDecorators, SetMetadata } from '@nestjs/common';
import { ApiExtension, ApiSecurity } from '@nestjs/swagger';
import type { SharedItem } from './principal.js';

/**
 * What a caller must be allowed to do before a route answers: the name of a permission that a context declares
 * (`recordings.control`); `signed-in` for what concerns only the caller; `anyone` for what needs no sign-in; `always`
 * for what answers even before there is an account.
 */
export type RoutePermission = string;

export interface RouteNeeds {
  readonly permission: RoutePermission;
  /** The kind of thing that the route's `:id` names, if a share link or a signed address may open it. */
  readonly shared?: SharedItem['kind'];
  /**
   * The kind of thing that the route's `:id` names, if links may not open it. A viewer of some streamers sees it only
   * if it belongs to those.
   */
  readonly of?: SharedItem['kind'] | 'streamer';
  /**
   * For a route without an `:id`. `visible`: it leaves out everything that {@link visibleStreamers} does not name.
   * `nothing`: the answer contains nothing of any streamer. Without either, a caller that sees only some streamers is
   * refused.
   */
  readonly lists?: 'visible' | 'nothing';
}

/** Metadata key under which {@link Needs} stores what a route needs. */
export const ALL_ROUTES_NEED = 'streamvault:needs';

/** How OpenAPI calls the ways to say who one is. */
export const waysToSignIn = { session: 'session', bearer: 'bearer', header: 'apiKey', signature: 'signature' } as const;

/**
 * Declares the permission of a route, or of all routes of a controller; the route's own declaration wins. The documentation has it
 * as `x-permission`.
 */
export function Needs(permission: RoutePermission, more: Omit<RouteNeeds, 'permission'> = {}) {
  const isOpen = permission === 'always' || permission === 'anyone';
  const { session, bearer, header, signature } = waysToSignIn;
  const ways = isOpen ? [] : [session, bearer, header, ...(more.shared ? [signature] : [])];
  return applyDecorators(
    SetMetadata(ALL_ROUTES_NEED, { permission, ...more } satisfies RouteNeeds),
    ApiExtension('x-permission', permission),
    ...ways.map((way) => ApiSecurity(way)),
  );
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /**
     * For a route that does not go through Nest, such as one that sends media without delay:
     *
     *     fastify.get('/api/videos/:id/stream', { config: { needs: { permission: 'videos.watch', shared: 'video' } } }, send);
     *
     * The gate looks at it before the route is run, exactly as for a controller's: by then cookie, key, share or signature are a
     * principal (`principalOf(request)`) that may read this very video. One that declares nothing is denied.
     */
    needs?: RouteNeeds;
  }
}
