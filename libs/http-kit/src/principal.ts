import type { FastifyRequest } from 'fastify';

/** A thing to which a share or a signed address leads. */
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
  /** Only these things, if set. */
  readonly items: readonly SharedItem[] | null;
  /** Only what belongs to these streamers, if set: a viewer need not see all. */
  readonly streamerIds: readonly number[] | null;
  /** To be added to addresses in a playlist; empty unless the request came with a signed address. */
  readonly signature: string;
  can(permission: string): boolean;
  /** Whether it is still valid: a long answer checks from time to time. */
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

/** Called once per request, before its route runs. */
export const setPrincipal = (request: FastifyRequest, principal: Principal): void => {
  principals.set(request.raw, principal);
};

export const principalOf = (request: FastifyRequest): Principal => principals.get(request.raw) ?? nobody;

/** What it may do with one thing of a kind, it may do with every one. */
export const isUnlimited = ({ items, streamerIds, signature }: Principal): boolean =>
  items === null && streamerIds === null && signature === '';

/** For lists: the streamers of which the caller may see something; undefined: all. */
export const visibleStreamers = (request: FastifyRequest): readonly number[] | undefined =>
  principalOf(request).streamerIds ?? undefined;
