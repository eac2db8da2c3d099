import { Component, computed, input } from '@angular/core';
import { RouterLink } from '@angular/router';
import { formatBytes, formatCount, formatRatio } from '../../ui/formats';

export interface BarRow {
  readonly key: string;
  readonly name: string;
  /** Where it leads. */
  readonly link?: { readonly path: readonly (string | number)[]; readonly query?: Readonly<Record<string, string>> };
  readonly videos: number;
  readonly seconds: number;
  readonly bytes: number;
  /** How much was lost, and how often. */
  readonly gaps: number;
  readonly gapSeconds: number;
}

/** A table whose hours are also bars. The figure stands beside each bar, so nothing is shown by a picture alone. */
@Component({
  selector: 'sv-bar-table',
  imports: [RouterLink],
  // On a phone it scrolls sideways, also by keyboard.
  host: { role: 'region', tabindex: '0', '[attr.aria-label]': 'label()' },
  template: `
    <table class="sv-numbers">
      <caption class="sv-sr-only">
        {{
          label()
        }}
      </caption>
      <thead>
        <tr>
          <th scope="col">{{ first() }}</th>
          <th scope="col" class="bars">Hours</th>
          <th scope="col">Videos</th>
          <th scope="col">Size</th>
          <th scope="col">Captured</th>
          <th scope="col">Gaps</th>
        </tr>
      </thead>
      <tbody>
        @for (row of shown(); track row.key) {
          <tr>
            <th scope="row" dir="auto">
              @if (row.link; as link) {
                <a [routerLink]="link.path" [queryParams]="link.query">{{ row.name }}</a>
              } @else {
                {{ row.name }}
              }
            </th>
            <td>
              <div class="bars">
                <span class="bar" aria-hidden="true"><span [style.width.%]="row.share"></span></span>
                <span>{{ row.hours }}</span>
              </div>
            </td>
            <td>{{ row.count }}</td>
            <td>{{ row.size }}</td>
            <td>{{ row.captured }}</td>
            <td>{{ row.gapCount }}</td>
          </tr>
        }
      </tbody>
    </table>
  `,
  styles: `
    :host {
      display: block;
      overflow-x: auto;
    }
    table {
      width: 100%;
      border-collapse: collapse;
      font-size: 0.875rem;
    }
    th,
    td {
      padding: 0.5rem 0 0.5rem 1rem;
      border-bottom: 1px solid var(--sv-line);
      text-align: end;
      white-space: nowrap;
    }
    th:first-child {
      padding-inline-start: 0;
      text-align: start;
    }
    tbody th {
      max-width: 14rem;
      overflow: hidden;
      font-weight: 560;
      text-overflow: ellipsis;
    }
    thead th {
      color: var(--mat-sys-on-surface-variant);
      font-weight: 550;
    }
    thead .bars {
      text-align: start;
    }
    div.bars {
      display: grid;
      grid-template-columns: minmax(5rem, 1fr) 4.5rem;
      gap: 0.75rem;
      align-items: center;
    }
    .bar {
      height: 0.75rem;
      border-radius: 4px;
      background: var(--mat-sys-surface-container-highest);
      overflow: hidden;
    }
    .bar span {
      display: block;
      min-width: 2px;
      height: 100%;
      background: var(--mat-sys-primary);
    }
    @media (forced-colors: active) {
      .bar {
        border: 1px solid CanvasText;
      }
      .bar span {
        background: Highlight;
        forced-color-adjust: none;
      }
    }
  `,
})
export class BarTable {
  readonly label = input.required<string>();
  /** Heading of the first column. */
  readonly first = input.required<string>();
  readonly rows = input.required<readonly BarRow[]>();

  protected readonly shown = computed(() => {
    const rows = this.rows();
    const most = Math.max(1, ...rows.map(({ seconds }) => seconds));
    return rows.map((row) => ({
      ...row,
      share: (row.seconds / most) * 100,
      hours: hoursOf(row.seconds),
      count: formatCount(row.videos),
      size: formatBytes(row.bytes),
      captured: capturedOf(row),
      gapCount: formatCount(row.gaps),
    }));
  });
}

/** `12.3 h`; below an hour, minutes. */
export const hoursOf = (seconds: number): string =>
  seconds < 3600
    ? `${Math.round(seconds / 60)} min`
    : `${(seconds / 3600).toLocaleString(undefined, { maximumFractionDigits: 1 })} h`;

export const capturedOf = ({ seconds, gapSeconds }: Pick<BarRow, 'seconds' | 'gapSeconds'>): string =>
  seconds + gapSeconds === 0 ? '–' : formatRatio(seconds / (seconds + gapSeconds));
