import type { FastifyRequest } from 'fastify';

/** A thing that a share or a signed address is about. */
export interface SharedItem {
  readonly kind: 'video' | 'recording';
  readonly id: number;
}

/** On whose behalf a request is made, and what it may do. */
export interface Principal {
  /** `link`: a share link, or a signed address of media. */
  readonly kind: 'nobody' | 'session' | 'key' | 'link';
  /** For the metadata of events: `user:3`, `key:1f3a…`, `share:9b…`. */
  readonly actor: string;
  readonly userId: number | null;
  readonly sessionId: string | null;
  /** Only these things, where it is set. */
  readonly items: readonly SharedItem[] | null;
  /** Only what is of these streamers, where it is set: a viewer need not see everybody's. */
  readonly streamerIds: readonly number[] | null;
  /** To be added to addresses that a playlist leads to; empty unless the request came by a signed address. */
  readonly signature: string;
  can(permission: string): boolean;
  /** Whether it still holds: a long answer asks now and then. */
  stillValid(): Promise<boolean>;
}

export const nobody: Principal = {
  kind: 'nobody',
  actor: 'api',
  userId: null,
  sessionId: null,
  items: null,
  streamerIds: null,
  signature: '',
  can: () => false,
  stillValid: () => Promise.resolve(true),
};

const principals = new WeakMap<object, Principal>();

/** Set once per request, before its route is run. */
export const setPrincipal = (request: FastifyRequest, principal: Principal): void => {
  principals.set(request.raw, principal);
};

export const principalOf = (request: FastifyRequest): Principal => principals.get(request.raw) ?? nobody;

/** For lists: of which streamers somebody may see something; undefined: of all. */
export const visibleStreamers = (request: FastifyRequest): readonly number[] | undefined =>
  principalOf(request).streamerIds ?? undefined;
