import { Component, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { HealthWatch } from '../../shell/health-watch';
import { StorageLine } from '../../storage/storage-line';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';

/** How full the disks are, how long the free space lasts, and what happens when they are full. */
@Component({
  selector: 'sv-storage-page',
  imports: [Icon, RouterLink, Skeleton, StorageLine],
  template: `
    <div class="sv-page">
      <h1>Storage</h1>
      <section aria-labelledby="disks">
        <h2 id="disks">Disks</h2>
        @if (watch.health()) {
          <sv-storage-line class="sv-card" />
        } @else {
          <sv-skeleton [count]="1" [height]="96" />
        }
      </section>
      <p>
        <a class="bin" routerLink="/storage/cleanup"><sv-icon name="step" /> Cleanup</a>
        <a class="bin" routerLink="/storage/bin"><sv-icon name="remove" /> Bin</a>
      </p>
    </div>
  `,
  styles: `
    .bin {
      display: inline-flex;
      margin-inline-end: 1.5rem;
      gap: 0.5rem;
      align-items: center;
      font-weight: 560;
    }
    section {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.75rem;
    }
  `,
})
export default class StoragePage {
  protected readonly watch = inject(HealthWatch);

  constructor() {
    this.watch.ask();
  }
}
