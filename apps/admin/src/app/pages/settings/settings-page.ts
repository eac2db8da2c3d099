import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { HealthWatch } from '../../shell/health-watch';
import { ThemeSwitch } from '../../shell/theme-switch';
import { formatForecast } from '../../ui/formats';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { inWords } from '../../ui/states';

const words = { ok: 'OK', warn: 'Needs attention', down: 'Down' } as const;

const places = [
  {
    path: '/settings/recording',
    icon: 'record',
    label: 'Recording defaults',
    about: 'Quality, patience, rules: settings for all streamers',
  },
  { path: '/settings/sources', icon: 'link', label: 'Sources and tokens', about: 'Twitch: set-up, check, import' },
  { path: '/settings/notifications', icon: 'info', label: 'Notifications', about: 'Who gets which notices, and when' },
  { path: '/settings/users', icon: 'streamers', label: 'Users and keys', about: 'Accounts, API keys, sign out' },
] as const;

/** Appearance, the health of the server, and where its API is described. */
@Component({
  selector: 'sv-settings-page',
  imports: [Icon, RouterLink, Skeleton, ThemeSwitch],
  template: `
    <div class="sv-page">
      <h1>Settings</h1>
      <section class="sv-card box" aria-labelledby="appearance">
        <h2 id="appearance">Appearance</h2>
        <sv-theme-switch />
      </section>
      <nav aria-label="Settings">
        <ul role="list" class="sv-card places">
          @for (place of places; track place.path) {
            <li>
              <a [routerLink]="place.path">
                <sv-icon [name]="place.icon" />
                <span
                  ><strong>{{ place.label }}</strong
                  ><span class="sv-quiet">{{ place.about }}</span></span
                >
                <sv-icon name="forward" />
              </a>
            </li>
          }
        </ul>
      </nav>
      <section class="sv-card box" aria-labelledby="health">
        <h2 id="health">Health</h2>
        @if (watch.health(); as health) {
          <p class="sv-quiet sv-numbers">StreamVault {{ health.version }}, up for {{ uptime() }}</p>
          <ul role="list">
            @for (check of checks(); track check.name) {
              <li [attr.data-status]="check.status">
                <strong>{{ check.label }}</strong>
                <span class="status">{{ check.words }}</span>
                @if (check.detail) {
                  <span class="sv-quiet detail">{{ check.detail }}</span>
                }
              </li>
            }
          </ul>
        } @else {
          <sv-skeleton [count]="4" [height]="32" />
        }
      </section>
      <section class="sv-card box" aria-labelledby="api">
        <h2 id="api">API</h2>
        <p>
          Scripts can do everything that this console does:
          <a href="/api/docs" target="_blank" rel="noreferrer">description of the API</a>,
          <a href="/api/openapi.json" target="_blank" rel="noreferrer">OpenAPI document</a>,
          <a href="/metrics" target="_blank" rel="noreferrer">metrics</a>.
        </p>
      </section>
    </div>
  `,
  styles: `
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
      padding: 1.1rem 1.3rem 1.3rem;
    }
    .places a {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr) auto;
      gap: 1rem;
      align-items: center;
      padding: 0.8rem 1.3rem;
      color: inherit;
      text-decoration: none;
    }
    .places a:hover strong {
      text-decoration: underline;
    }
    .places a:focus-visible {
      outline-offset: -3px;
      border-radius: var(--sv-radius);
    }
    .places span {
      display: grid;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .box li {
      display: grid;
      grid-template-columns: 11rem 9rem minmax(0, 1fr);
      gap: 0.2rem 1rem;
      padding: 0.55rem 0;
      overflow-wrap: anywhere;
    }
    [data-status='ok'] .status {
      color: var(--sv-ok);
    }
    [data-status='warn'] .status {
      color: var(--sv-warn);
      font-weight: 600;
    }
    [data-status='down'] .status {
      font-weight: 650;
    }
    @media (width < 800px) {
      .box li {
        grid-template-columns: minmax(0, 1fr) auto;
      }
      .detail {
        grid-column: 1 / -1;
      }
    }
  `,
})
export default class SettingsPage {
  protected readonly watch = inject(HealthWatch);
  protected readonly places = places;
  protected readonly uptime = computed(() => formatForecast(this.watch.health()?.uptimeSeconds ?? 0));
  protected readonly checks = computed(() =>
    Object.entries(this.watch.health()?.checks ?? {}).map(([name, { status, detail }]) => ({
      name,
      status,
      detail,
      label: inWords(name),
      words: words[status],
    })),
  );

  constructor() {
    this.watch.ask();
  }
}
