import { DOCUMENT, Service, effect, inject, signal } from '@angular/core';

export const themeChoices = ['system', 'light', 'dark'] as const;
export type ThemeChoice = (typeof themeChoices)[number];

/** `theme-before-paint.js` reads the same key before the first paint. */
const storageKey = 'streamvault.theme';

const isChoice = (value: string | null): value is ThemeChoice =>
  value !== null && (themeChoices as readonly string[]).includes(value);

/** Light, dark, or as the system says; remembered by this browser if storage is allowed. */
@Service()
export class Theme {
  readonly #document = inject(DOCUMENT);
  readonly #choice = signal<ThemeChoice>(this.#remembered());
  readonly choice = this.#choice.asReadonly();

  constructor() {
    effect(() => {
      const choice = this.#choice();
      const { dataset } = this.#document.documentElement;
      if (choice === 'system') delete dataset['theme'];
      else dataset['theme'] = choice;
    });
  }

  choose(choice: ThemeChoice): void {
    this.#choice.set(choice);
    try {
      this.#document.defaultView?.localStorage.setItem(storageKey, choice);
    } catch {
      // Storage is forbidden or full (a private window): the choice applies to this visit only.
    }
  }

  #remembered(): ThemeChoice {
    try {
      const kept = this.#document.defaultView?.localStorage.getItem(storageKey) ?? null;
      return isChoice(kept) ? kept : 'system';
    } catch {
      // Storage is forbidden: nothing was remembered.
      return 'system';
    }
  }
}
