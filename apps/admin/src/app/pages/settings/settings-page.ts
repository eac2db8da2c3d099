import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { HealthWatch } from '../../shell/health-watch';
import { ThemeSwitch } from '../../shell/theme-switch';
import { formatForecast } from '../../ui/formats';
import { Skeleton } from '../../ui/skeleton';
import { inWords } from '../../ui/states';

const words = { ok: 'OK', warn: 'Needs attention', down: 'Down' } as const;

/** Appearance, the health of the server, and where its API is described. */
@Component({
  selector: 'sv-settings-page',
  imports: [RouterLink, Skeleton, ThemeSwitch],
  template: `
    <div class="sv-page">
      <h1>Settings</h1>
      <section class="sv-card box" aria-labelledby="appearance">
        <h2 id="appearance">Appearance</h2>
        <sv-theme-switch />
      </section>
      <section class="sv-card box" aria-labelledby="users">
        <h2 id="users">Users and keys</h2>
        <p><a routerLink="/settings/users">Accounts, API keys, sign out</a></p>
      </section>
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
          Everything this console does, a script can do too:
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
    li {
      display: grid;
      grid-template-columns: 11rem 9rem minmax(0, 1fr);
      gap: 0.2rem 1rem;
      padding: 0.55rem 0;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
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
      li {
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
