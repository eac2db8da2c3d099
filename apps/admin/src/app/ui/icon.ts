import { Component, computed, input } from '@angular/core';

/** Stroke paths on a 24 × 24 grid; `fill` ones are filled shapes. */
const strokes = {
  live: 'M12 12m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M7.8 16.2a6 6 0 0 1 0-8.4M16.2 7.8a6 6 0 0 1 0 8.4M4.9 19.1a10 10 0 0 1 0-14.2M19.1 4.9a10 10 0 0 1 0 14.2',
  recordings: 'M4 6h16M4 12h16M4 18h10M18 18h2',
  videos: 'M5 5h14a2 2 0 0 1 2 2v10a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2V7a2 2 0 0 1 2-2zM10 9.2v5.6l4.8-2.8z',
  streamers:
    'M9 11.5m-3.2 0a3.2 3.2 0 1 0 6.4 0a3.2 3.2 0 1 0-6.4 0M3.5 20a5.6 5.6 0 0 1 11 0M16 5.2a3.2 3.2 0 0 1 0 6.2M17.2 14.6a5.6 5.6 0 0 1 3.4 4.6',
  settings:
    'M4 7h9M19 7h1M15.5 7m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0M4 17h1M11 17h9M8 17m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0',
  keep: 'M7 4h10v16l-5-4-5 4z',
  download: 'M12 4v11M7 10.5l5 5 5-5M5 20h14',
  share:
    'M8 12m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M17 6m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M17 18m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M10.3 10.8l4.5-3.5M10.3 13.2l4.5 3.5',
  audit: 'M6 3.5h8.5L19 8v4M6 3.5V20.5h5M9 9h5M9 13h3M16.5 17m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0M18.7 19.2l2.3 2.3',
  why: 'M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M9.6 9.6a2.5 2.5 0 1 1 3.4 2.4c-.7.3-1 .8-1 1.6M12 16.6v.01',
  past: 'M4 12a8 8 0 1 0 2.4-5.7M4 4.5v3.6h3.6M12 8v4l2.6 1.6',
  up: 'M12 19V5.5M6 11l6-6 6 6',
  add: 'M12 5v14M5 12h14',
  more: 'M12 5.5v.01M12 12v.01M12 18.5v.01',
  edit: 'M4 20h4L19 9a2.1 2.1 0 0 0-3-3L5 17zM14.5 7.5l3 3',
  remove:
    'M4 7h16M9 7V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M6.5 7l.8 12a1.5 1.5 0 0 0 1.5 1.4h6.4a1.5 1.5 0 0 0 1.5-1.4l.8-12M10 11v5.5M14 11v5.5',
  light:
    'M12 12m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0M12 3v1.5M12 19.5V21M3 12h1.5M19.5 12H21M5.6 5.6l1.1 1.1M17.3 17.3l1.1 1.1M5.6 18.4l1.1-1.1M17.3 6.7l1.1-1.1',
  dark: 'M20 14.5A8.2 8.2 0 0 1 9.5 4 8.2 8.2 0 1 0 20 14.5z',
  system: 'M4 5h16a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1H4a1 1 0 0 1-1-1V6a1 1 0 0 1 1-1zM9 20h6M12 16v4',
  search: 'M10.5 10.5m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0M15 15l5 5',
  back: 'M14.5 5.5 8 12l6.5 6.5',
  forward: 'M9.5 5.5 16 12l-6.5 6.5',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  alert: 'M12 4 2.8 19.5h18.4zM12 10v4.5M12 17v.01',
  info: 'M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 11v5M12 8v.01',
  close: 'M6 6l12 12M18 6 6 18',
  retry: 'M20 11a8 8 0 1 0-2.3 6.3M20 5v6h-6',
  clock: 'M12 12m-9 0a9 9 0 1 0 18 0a9 9 0 1 0-18 0M12 7.5V12l3 2',
  link: 'M14 5h5v5M19 5l-8.5 8.5M18 14v4a1.5 1.5 0 0 1-1.5 1.5H6A1.5 1.5 0 0 1 4.5 18V7.5A1.5 1.5 0 0 1 6 6h4',
  demo: 'M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM8 20.5h8M8 5v12M12 5v12M16 5v12',
  rewind: 'M11 6 5 12l6 6M19 6l-6 6 6 6',
  skip: 'M13 6l6 6-6 6M5 6l6 6-6 6',
  sound: 'M4.5 9.5v5h3.5l4.5 4v-13l-4.5 4zM16 9a4.2 4.2 0 0 1 0 6M18.6 6.4a8 8 0 0 1 0 11.2',
  muted: 'M4.5 9.5v5h3.5l4.5 4v-13l-4.5 4zM16.5 9.5l5 5M21.5 9.5l-5 5',
  fullscreen: 'M4 9V4h5M20 9V4h-5M4 15v5h5M20 15v5h-5',
  windowed: 'M9 4v5H4M15 4v5h5M9 20v-5H4M15 20v-5h5',
  cut: 'M6.5 6.5m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M6.5 17.5m-2.5 0a2.5 2.5 0 1 0 5 0a2.5 2.5 0 1 0-5 0M8.6 8 20 17M8.6 16 20 7',
  theatre: 'M3 7h18v10H3z',
  corner: 'M4 5h16v14H4zM12 12h5.5v4H12z',
  watched: 'M3.5 12s3-6 8.5-6 8.5 6 8.5 6-3 6-8.5 6-8.5-6-8.5-6zM12 12m-2.2 0a2.2 2.2 0 1 0 4.4 0a2.2 2.2 0 1 0-4.4 0',
  gap: 'M3 12h5M16 12h5M10.5 8v8M13.5 8v8',
  disk: 'M6 4h12l3 9.5V18a2 2 0 0 1-2 2H5a2 2 0 0 1-2-2v-4.5zM3 13.5h18M16.5 16.8v.01',
  down: 'M12 5v13.5M6 13l6 6 6-6',
  film: 'M4 5h16v14H4zM4 9h16M4 15h16M8.5 5v14M15.5 5v14',
  step: 'M5 6h8M5 12h8M5 18h8M17 8l2 2 3-4M17 16l2 2 3-4',
} as const;
const fills = {
  play: 'M8 5.2v13.6a.6.6 0 0 0 .9.5l10.8-6.8a.6.6 0 0 0 0-1L8.9 4.7a.6.6 0 0 0-.9.5z',
  pause: 'M7 5h3.2v14H7zM13.8 5H17v14h-3.2z',
  record: 'M12 12m-6 0a6 6 0 1 0 12 0a6 6 0 1 0-12 0',
  stop: 'M7.5 6.5h9a1 1 0 0 1 1 1v9a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1v-9a1 1 0 0 1 1-1z',
} as const;
export type IconName = keyof typeof strokes | keyof typeof fills;

const isFill = (name: IconName): name is keyof typeof fills => Object.hasOwn(fills, name);

/** A decorative icon: its meaning must also be in words beside it or in a label. */
@Component({
  selector: 'sv-icon',
  template: `<svg viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path [attr.d]="path()" [class.fill]="filled()" />
  </svg>`,
  styles: `
    :host {
      display: inline-flex;
      flex: none;
      width: 1.25em;
      height: 1.25em;
      vertical-align: -0.25em;
    }
    svg {
      width: 100%;
      height: 100%;
      fill: none;
      stroke: currentColor;
      stroke-width: 1.8;
      stroke-linecap: round;
      stroke-linejoin: round;
    }
    .fill {
      fill: currentColor;
      stroke: none;
    }
  `,
})
export class Icon {
  readonly name = input.required<IconName>();
  protected readonly filled = computed(() => isFill(this.name()));
  protected readonly path = computed(() => {
    const name = this.name();
    return isFill(name) ? fills[name] : strokes[name];
  });
}
