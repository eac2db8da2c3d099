import type { FastifyRequest } from 'fastify';
import { type BrowserRequest, isFollowedLink, isFromElsewhere, isRead } from './cross-site.js';
import { CrossSiteRead, CrossSiteWrite } from './refusals.js';

export const ourView = (request: FastifyRequest): BrowserRequest => ({
  method: request.method,
  headers: request.headers,
  origin: `${request.protocol}://${request.host}`,
});

/**
 * Another site can neither write, nor read except through a link that a user follows: an image or a timing would reveal
 * what is here and how large it is.
 * @throws CrossSiteWrite, CrossSiteRead
 */
export function refuseOtherSites(request: FastifyRequest): void {
  const view = ourView(request);
  if (!isFromElsewhere(view)) return;
  if (!isRead(view.method)) throw new CrossSiteWrite();
  if (!isFollowedLink(view)) throw new CrossSiteRead();
}
