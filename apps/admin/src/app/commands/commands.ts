import { Service, inject, signal } from '@angular/core';
import { describeTrouble } from '../api/trouble';
import { Notices } from './notices';

/** Sends the user's commands: one at a time per key, and no failure stays silent. */
@Service()
export class Commands {
  readonly #notices = inject(Notices);
  readonly #busy = signal<ReadonlySet<string>>(new Set());

  /** Whether the command with this key is being sent; then its button is disabled. */
  isBusy(key: string): boolean {
    return this.#busy().has(key);
  }

  /** Returns undefined if it failed (the user has seen why) or if the same command is being sent already. */
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
