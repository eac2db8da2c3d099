import { HttpErrorResponse } from '@angular/common/http';
import { inject } from '@angular/core';
import { type CanActivateChildFn, Router, type Routes, type UrlTree } from '@angular/router';
import { describeTrouble } from '../api/trouble';
import { Session } from './session';

/** Where a failure leads that the page cannot handle: to the sign-in, or to the set-up of a new installation. */
export function wayOut(error: unknown, router: Router, returnTo: string): UrlTree | undefined {
  if (!(error instanceof HttpErrorResponse)) return undefined;
  const { code, status } = describeTrouble(error);
  if (code === 'setup.required') return router.createUrlTree(['/setup']);
  if (status !== 401) return undefined;
  return router.createUrlTree(['/sign-in'], returnTo === '/' ? {} : { queryParams: { returnTo } });
}

const signedIn: CanActivateChildFn = async (_, { url }) => {
  const router = inject(Router);
  try {
    await inject(Session).ask();
    return true;
  } catch (error) {
    // The page itself says that the server does not answer.
    return wayOut(error, router, url) ?? true;
  }
};

/** The console's pages for signed-in users, and the two pages that lead there. */
export const guarded = (pages: Routes): Routes => [
  { path: 'setup', title: 'Set up', loadComponent: () => import('../pages/setup/setup-page') },
  { path: 'sign-in', title: 'Sign in', loadComponent: () => import('../pages/sign-in/sign-in-page') },
  // For visitors with a link and no account.
  { path: 's/:token', title: 'Shared with you', loadComponent: () => import('../pages/share/share-page') },
  { path: '', canActivateChild: [signedIn], children: pages },
];
