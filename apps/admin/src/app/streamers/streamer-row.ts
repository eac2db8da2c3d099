import { Component, computed, inject, input, output } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import { MatMenu, MatMenuItem, MatMenuTrigger } from '@angular/material/menu';
import { RouterLink } from '@angular/router';
import type { Streamer } from '@streamvault/api-contract';
import { ConsoleApi } from '../api/console-api';
import { Commands } from '../commands/commands';
import { Icon } from '../ui/icon';
import { proxyWords } from './proxy-order';
import { qualityLabel } from './qualities';

@Component({
  selector: 'sv-streamer-row',
  imports: [Icon, MatButton, MatIconButton, MatMenu, MatMenuItem, MatMenuTrigger, RouterLink],
  templateUrl: './streamer-row.html',
  styleUrl: './streamer-row.scss',
})
export class StreamerRow {
  readonly streamer = input.required<Streamer>();
  readonly edit = output<Streamer>();
  readonly remove = output<Streamer>();
  /** A recording was requested and exists. */
  readonly started = output<number>();

  readonly #api = inject(ConsoleApi);
  protected readonly commands = inject(Commands);
  protected readonly startKey = computed(() => `start-${this.streamer().id}`);
  protected readonly quality = computed(() => qualityLabel(this.streamer().quality));
  /** Only if its route differs from the others. */
  protected readonly by = computed(() => {
    const { proxies } = this.streamer();
    return proxies === null ? null : `Route: ${proxyWords(proxies)}`;
  });
  protected readonly isDemo = computed(() => this.streamer().platform === 'demo');
  protected readonly onAir = computed(() => {
    const { isLive } = this.streamer();
    return isLive === null ? null : isLive ? 'On air' : 'Off air';
  });

  protected async start(): Promise<void> {
    const answer = await this.commands.run(this.startKey(), () => this.#api.start(this.streamer().id));
    if (answer) this.started.emit(answer.recordingId);
  }
}
