import type { HttpInterceptorFn } from '@angular/common/http';
import { inject } from '@angular/core';
import { Router } from '@angular/router';
import { catchError, throwError } from 'rxjs';
import { wayOut } from './guarded';
import { Session } from './session';

/** A session that ended meanwhile leads to the sign-in, whichever page noticed, and from there back. */
export const leaveWhenSignedOut: HttpInterceptorFn = (request, next) => {
  const router = inject(Router);
  const session = inject(Session);
  // The guard, and the two pages before it, handle the answers of these routes.
  if (/^\/api\/(session|session\/ways|session\/passkey|setup|shares\/open)$/.test(request.url)) return next(request);
  return next(request).pipe(
    catchError((error: unknown) => {
      const way = wayOut(error, router, router.url);
      if (way) {
        session.forget();
        void router.navigateByUrl(way);
      }
      return throwError(() => error);
    }),
  );
};
