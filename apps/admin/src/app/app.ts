import { Component, type ElementRef, inject, signal, viewChild } from '@angular/core';
import { takeUntilDestroyed } from '@angular/core/rxjs-interop';
import { NavigationEnd, Router, RouterLink, RouterOutlet } from '@angular/router';
import { filter, map, pairwise, tap } from 'rxjs';
import { placeOf, places, standsAlone } from './shell/places';
import { ConnectionBanner } from './shell/connection-banner';
import { ConnectionIndicator } from './shell/connection-indicator';
import { HealthNotice } from './shell/health-notice';
import { ThemeSwitch } from './shell/theme-switch';
import { Icon } from './ui/icon';

@Component({
  selector: 'sv-root',
  imports: [RouterOutlet, RouterLink, ConnectionBanner, ConnectionIndicator, HealthNotice, ThemeSwitch, Icon],
  templateUrl: './app.html',
  styleUrl: './app.scss',
  host: { '[class.alone]': 'isAlone()' },
})
export class App {
  protected readonly places = places;
  protected readonly main = viewChild.required<ElementRef<HTMLElement>>('main');
  /** The path of the place that the current page belongs to. */
  protected readonly here = signal<string | undefined>(undefined);
  /** Whether the place itself is open, and not a page below it. */
  protected readonly isAtPlace = signal(false);
  /** Nobody is signed in, or that is not known yet: there is no rail, and no feed, which would only be refused. */
  protected readonly isAlone = signal(true);

  constructor() {
    // After a navigation, the keyboard and the screen reader start at the new page and not at the link that led to it.
    inject(Router)
      .events.pipe(
        filter((event) => event instanceof NavigationEnd),
        map(({ urlAfterRedirects }) => urlAfterRedirects.split('?')[0] ?? '/'),
        tap((path) => {
          const place = placeOf(path);
          this.here.set(place);
          this.isAlone.set(standsAlone(path));
          this.isAtPlace.set(place === path);
        }),
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
