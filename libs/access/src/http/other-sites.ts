import type { FastifyRequest } from 'fastify';
import { type BrowserRequest, isFollowedLink, isFromElsewhere, isRead } from './cross-site.js';
import { CrossSiteRead, CrossSiteWrite } from './refusals.js';

export const ourView = (request: FastifyRequest): BrowserRequest => ({
  method: request.method,
  headers: request.headers,
  origin: `${request.protocol}://${request.host}`,
});

/**
 * Nobody writes on behalf of another site, and nobody reads but by a link that somebody follows: what is here, how long and how large
 * it is, an image or a timing would tell.
 *
 * @throws CrossSiteWrite, CrossSiteRead
 */
export function refuseOtherSites(request: FastifyRequest): void {
  const view = ourView(request);
  if (!isFromElsewhere(view)) return;
  if (!isRead(view.method)) throw new CrossSiteWrite();
  if (!isFollowedLink(view)) throw new CrossSiteRead();
}
