import { type ElementRef, type Signal, effect, signal } from '@angular/core';

/** The width of an element as it is now, in pixels; 0 until it is known. Call it in an injection context. */
export function elementWidth(element: Signal<ElementRef<HTMLElement> | undefined>): Signal<number> {
  const width = signal(0);
  effect((onCleanup) => {
    const native = element()?.nativeElement;
    if (!native) return;
    width.set(native.clientWidth);
    // It is missing in tests, which have no layout.
    if (typeof ResizeObserver === 'undefined') return;
    const observer = new ResizeObserver(([entry]) => width.set(entry?.contentRect.width ?? 0));
    observer.observe(native);
    onCleanup(() => observer.disconnect());
  });
  return width.asReadonly();
}
