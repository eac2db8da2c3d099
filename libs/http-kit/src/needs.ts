import { SetMetadata } from '@nestjs/common';

/**
 * What a caller must be allowed to do before a route answers: the name of a permission that a context declares
 * (`recordings.control`); `anyone` for what needs no sign-in; `signed-in` for whatever concerns only the caller himself.
 */
export type RoutePermission = string;

/** Metadata key under which {@link Needs} leaves the permission. */
export const ALL_ROUTES_NEED = 'streamvault:needs';

/** Declares the permission of a route, or of all routes of a controller; the route's own declaration wins. */
export const Needs = (permission: RoutePermission) => SetMetadata(ALL_ROUTES_NEED, permission);
