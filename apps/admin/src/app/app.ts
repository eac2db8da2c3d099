import { Component, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterLinkActive, RouterOutlet } from '@angular/router';
import { filter, map, pairwise, tap } from 'rxjs';
import { ConnectionIndicator } from './shell/connection-indicator';
import { HealthNotice } from './shell/health-notice';
import { ThemeSwitch } from './shell/theme-switch';
import { Icon, type IconName } from './ui/icon';

@Component({
  selector: 'sv-root',
  imports: [RouterOutlet, RouterLink, RouterLinkActive, ConnectionIndicator, HealthNotice, ThemeSwitch, Icon],
  templateUrl: './app.html',
  styleUrl: './app.scss',
})
export class App {
  protected readonly places: readonly { path: string; label: string; icon: IconName }[] = [
    { path: '/live', label: 'Live', icon: 'live' },
    { path: '/recordings', label: 'Recordings', icon: 'recordings' },
    { path: '/videos', label: 'Videos', icon: 'videos' },
    { path: '/audit', label: 'Audit', icon: 'audit' },
  ];
  protected readonly main = viewChild.required<ElementRef<HTMLElement>>('main');

  /** A streamer's page belongs to the list of streamers, whose address is another. */
  protected readonly isAtStreamer = signal(false);

  constructor() {
    // After a navigation the keyboard and the screen reader start at the new page, not at the link that is behind them.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => urlAfterRedirects.split('?')[0]),
        tap((path) => this.isAtStreamer.set(path?.startsWith('/streamers/') ?? false)),
        pairwise(),
        filter(([before, after]) => before !== after),
        takeUntilDestroyed(),
      )
      .subscribe(() => this.focusMain());
  }

  protected focusMain(): void {
    this.main().nativeElement.focus({ preventScroll: true });
  }
}
