import { Component, computed, inject } from '@angular/core';
import { HealthWatch } from '../shell/health-watch';
import { formatBytes, formatRate } from '../ui/formats';
import { Icon } from '../ui/icon';
import { forecastOf } from './disk-words';

/** How much space is free, for how long it lasts, and what happens when it runs out. */
@Component({
  selector: 'sv-storage-line',
  imports: [Icon],
  template: `
    @for (disk of disks(); track disk.path) {
      <div class="disk" [attr.data-level]="disk.level" data-testid="disk">
        <sv-icon name="disk" />
        <div>
          <p>
            <strong class="sv-numbers">{{ disk.room }}</strong>
            @if (disk.forecast) {
              <span class="forecast sv-numbers">{{ disk.forecast }}</span>
            }
            <span class="sv-quiet where">{{ disk.folders }}</span>
          </p>
          @if (disk.used !== null) {
            <div class="meter" aria-hidden="true">
              <div class="used" [style.width.%]="disk.used"></div>
              @for (mark of disk.marks; track mark.name) {
                <div class="mark" [style.left.%]="mark.left"></div>
              }
            </div>
          }
          @if (disk.thresholds) {
            <p class="sv-quiet small">{{ disk.thresholds }}</p>
          }
        </div>
      </div>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 1rem;
    }
    :host:empty {
      display: none;
    }
    .disk {
      --tone: var(--mat-sys-primary);
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0.9rem;
      padding: 0.9rem 1.2rem;
    }
    .disk > sv-icon {
      width: 1.5rem;
      height: 1.5rem;
      color: var(--mat-sys-on-surface-variant);
    }
    [data-level='warn'] {
      --tone: var(--sv-warn);
    }
    [data-level='refuse'],
    [data-level='stop'],
    [data-level='gone'] {
      --tone: var(--mat-sys-error);
    }
    p {
      display: flex;
      flex-wrap: wrap;
      gap: 0 0.9rem;
      align-items: baseline;
    }
    .where {
      margin-inline-start: auto;
      font-size: 0.8125rem;
      overflow-wrap: anywhere;
    }
    .meter {
      position: relative;
      height: 6px;
      margin: 0.45rem 0;
      overflow: hidden;
      border-radius: 3px;
      background: var(--mat-sys-surface-container-highest);
    }
    .used {
      height: 100%;
      background: var(--tone);
    }
    .mark {
      position: absolute;
      inset-block: 0;
      width: 2px;
      background: var(--mat-sys-on-surface);
    }
    .small {
      font-size: 0.8125rem;
    }
    @media (forced-colors: active) {
      .meter {
        border: 1px solid CanvasText;
      }
      .used {
        background: Highlight;
        forced-color-adjust: none;
      }
      .mark {
        background: CanvasText;
        forced-color-adjust: none;
      }
    }
  `,
})
export class StorageLine {
  readonly #watch = inject(HealthWatch);

  protected readonly disks = computed(() =>
    this.#watch.disks().map((disk) => {
      const { folders, path, level, freeBytes, totalBytes, bytesPerSecond } = disk;
      const forecast = forecastOf(disk);
      const below = [
        { name: 'warns', bytes: disk.warnBelowBytes, words: 'warns below' },
        { name: 'refuses', bytes: disk.refuseBelowBytes, words: 'blocks new recordings below' },
        { name: 'stops', bytes: disk.stopBelowBytes, words: 'stops the newest below' },
      ].flatMap(({ bytes, ...rest }) => (bytes === null || bytes === 0 ? [] : [{ bytes, ...rest }]));
      return {
        path,
        level,
        folders: folders.join(', '),
        room: roomOf(level, freeBytes, totalBytes),
        forecast: forecast === null ? null : `${forecast}, ${formatRate(bytesPerSecond)}`,
        used: freeBytes === null || totalBytes === null ? null : (1 - freeBytes / totalBytes) * 100,
        marks:
          totalBytes === null
            ? []
            : below
                .filter(({ bytes }) => bytes < totalBytes)
                .map(({ name, bytes }) => ({ name, left: (1 - bytes / totalBytes) * 100 })),
        thresholds:
          below.length === 0
            ? null
            : capitalized(below.map(({ bytes, words }) => `${words} ${roundBytes(bytes)}`).join(', ')),
      };
    }),
  );
}

/** `10 GB` rather than `10.0 GB`, because a configured size is a round number. */
const roundBytes = (bytes: number): string => formatBytes(bytes).replace(/\.0+ /, ' ');
const capitalized = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1);

function roomOf(level: string, freeBytes: number | null, totalBytes: number | null): string {
  if (level === 'gone') return 'The disk is gone';
  if (freeBytes === null) return 'The disk does not say how much is free';
  return `${formatBytes(freeBytes)} free${totalBytes === null ? '' : ` of ${formatBytes(totalBytes)}`}`;
}
