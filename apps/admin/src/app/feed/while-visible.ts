import { DestroyRef, inject } from '@angular/core';

/**
 * Does something every so often, for what no feed tells of, but only while somebody looks at the page; at once when they
 * come back to it. Call it in an injection context.
 */
export function whileVisible(milliseconds: number, act: () => void): void {
  let timer: ReturnType<typeof setInterval> | undefined;
  const rest = (): void => {
    clearInterval(timer);
    timer = undefined;
  };
  const run = (): void => {
    timer ??= setInterval(act, milliseconds);
  };
  const seenOrHidden = (): void => {
    if (document.visibilityState !== 'visible') return rest();
    if (timer !== undefined) return;
    act();
    run();
  };
  if (document.visibilityState === 'visible') run();
  document.addEventListener('visibilitychange', seenOrHidden);
  inject(DestroyRef).onDestroy(() => {
    document.removeEventListener('visibilitychange', seenOrHidden);
    rest();
  });
}
