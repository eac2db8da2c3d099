import { Service, inject, signal } from '@angular/core';
import { describeTrouble } from '../api/trouble';
import { Notices } from './notices';

/** Sends what a person asked for: once at a time per thing, and never failing silently. */
@Service()
export class Commands {
  readonly #notices = inject(Notices);
  readonly #busy = signal<ReadonlySet<string>>(new Set());

  /** Whether the command of this key is on its way; its button is then not to be pressed again. */
  isBusy(key: string): boolean {
    return this.#busy().has(key);
  }

  /** Answers undefined where it failed (the person has been told) or where the same is on its way already. */
  async run<Answer>(key: string, send: () => Promise<Answer>): Promise<Answer | undefined> {
    if (this.#busy().has(key)) return undefined;
    this.#busy.update((keys) => new Set(keys).add(key));
    try {
      return await send();
    } catch (error) {
      // A request fails for reasons outside this page: a broken rule, a server that went away.
      this.#notices.trouble(describeTrouble(error));
      return undefined;
    } finally {
      this.#busy.update((keys) => new Set([...keys].filter((other) => other !== key)));
    }
  }
}
