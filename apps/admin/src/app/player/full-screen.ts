import { DestroyRef, effect, inject, signal } from '@angular/core';

const idleMilliseconds = 2500;

/** Full screen of a stage, whose bar may hide while nothing moves. Make it in an injection context. */
export class FullScreen {
  readonly isOn = signal(false);
  /** Nobody moved or pressed anything for a while. */
  readonly isIdle = signal(false);
  readonly #stage: () => HTMLElement;

  constructor(stage: () => HTMLElement) {
    this.#stage = stage;
    const changed = (): void => this.isOn.set(document.fullscreenElement === stage());
    document.addEventListener('fullscreenchange', changed);
    inject(DestroyRef).onDestroy(() => document.removeEventListener('fullscreenchange', changed));
    let timer: ReturnType<typeof setTimeout> | undefined;
    const awake = (): void => {
      this.isIdle.set(false);
      clearTimeout(timer);
      timer = setTimeout(() => this.isIdle.set(true), idleMilliseconds);
    };
    effect((onCleanup) => {
      if (!this.isOn()) return;
      awake();
      const names = ['pointermove', 'pointerdown', 'keydown'] as const;
      for (const name of names) document.addEventListener(name, awake);
      onCleanup(() => {
        for (const name of names) document.removeEventListener(name, awake);
        clearTimeout(timer);
        this.isIdle.set(false);
      });
    });
  }

  async toggle(): Promise<void> {
    try {
      const stage = this.#stage();
      if (document.fullscreenElement === null) await stage.requestFullscreen();
      else await document.exitFullscreen();
      // The focus was on the button that did it. There, the bar would never hide, and Space would press the button
      // again.
      stage.focus({ preventScroll: true });
    } catch {
      // The browser forbids it here (an embedded page, an iPhone); the picture stays as large as it is.
    }
  }
}
