import { Service, inject } from '@angular/core';
import { MatDialog } from '@angular/material/dialog';
import type { ProxyList, Streamer } from '@streamvault/api-contract';
import { firstValueFrom } from 'rxjs';
import { ConsoleApi } from '../api/console-api';
import { Ask } from '../commands/ask';
import { Commands } from '../commands/commands';
import { Notices } from '../commands/notices';
import type { StreamerDialog, StreamerDialogData } from './streamer-dialog';

/** The commands about a streamer for all pages, with their dialogs and messages. */
@Service()
export class StreamerCommands {
  readonly #api = inject(ConsoleApi);
  readonly #ask = inject(Ask);
  readonly #commands = inject(Commands);
  readonly #dialog = inject(MatDialog);
  readonly #notices = inject(Notices);

  /** Adds a streamer, or changes this one. Undefined if the user cancelled. */
  async edit(streamer?: Streamer): Promise<Streamer | undefined> {
    const [{ StreamerDialog: dialog }, proxies] = await Promise.all([import('./streamer-dialog'), this.#proxies()]);
    const opened = this.#dialog.open<StreamerDialog, StreamerDialogData, Streamer>(dialog, {
      data: { ...(streamer && { streamer }), ...(proxies && { proxies }) },
      width: '36rem',
      maxWidth: 'calc(100vw - 2rem)',
    });
    const saved = await firstValueFrom(opened.afterClosed());
    if (saved) this.#notices.done(streamer ? `${saved.name} is saved.` : addedWords(saved));
    return saved;
  }

  /** Without them, the rest of a streamer can still be changed. */
  async #proxies(): Promise<ProxyList | undefined> {
    try {
      return await this.#api.proxies();
    } catch {
      // The server is unavailable or older: the next command says so.
      return undefined;
    }
  }

  /** Whether it was removed. */
  async remove(streamer: Streamer): Promise<boolean> {
    const confirmed = await this.#ask.confirm({
      title: `Remove ${streamer.name}?`,
      text: 'The streamer is removed from this list. Its recordings and videos stay.',
      confirm: 'Remove',
    });
    if (!confirmed) return false;
    const removed = await this.#commands.run(`remove-${streamer.id}`, async () => {
      await this.#api.removeStreamer(streamer.id);
      return true;
    });
    if (removed) this.#notices.done(`${streamer.name} is removed.`);
    return removed === true;
  }
}

const addedWords = ({ name, autoRecord }: Streamer): string =>
  `${name} is added. ${autoRecord ? 'It is recorded when it goes live.' : 'Press Record to begin.'}`;
