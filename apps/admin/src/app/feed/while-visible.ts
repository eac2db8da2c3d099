import { DestroyRef, inject } from '@angular/core';

/**
 * Repeats something that the feed does not report, but only while the page is visible, and at once when it becomes
 * visible again. Call it in an injection context.
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
