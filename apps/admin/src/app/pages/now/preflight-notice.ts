import { Component, computed, inject } from '@angular/core';
import { RouterLink } from '@angular/router';
import { AutomationApi } from '../../automation/automation-api';
import { isOfCategory, liveQuery } from '../../feed/live-query';
import { Clock } from '../../ui/clock';
import { formatBytes, formatWhen } from '../../ui/formats';
import { Icon } from '../../ui/icon';

const shownAtMost = 8;

/** Problems that would affect the next recordings, shown in advance. Empty if there are none. */
@Component({
  selector: 'sv-preflight-notice',
  imports: [Icon, RouterLink],
  template: `
    @if (problems().length > 0) {
      <section aria-labelledby="ahead">
        <h2 id="ahead">Before the next recording</h2>
        <ul role="list" class="sv-card" data-testid="preflight">
          @for (problem of problems(); track $index) {
            <li [attr.data-level]="problem.level">
              <sv-icon [name]="problem.level === 'fail' ? 'close' : 'alert'" />
              <div>
                <p>
                  @if (problem.streamerId; as id) {
                    <a dir="auto" [routerLink]="['/streamers', id]">{{ problem.streamerName }}</a>:
                  }
                  {{ problem.message }}
                </p>
                @if (problem.next; as next) {
                  <p class="sv-quiet">{{ next }}</p>
                }
              </div>
            </li>
          }
          @if (hidden() > 0) {
            <li class="sv-quiet">and {{ hidden() }} more</li>
          }
        </ul>
      </section>
    }
    @if (expected(); as words) {
      <p class="sv-quiet" data-testid="expected">{{ words }}</p>
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.75rem;
    }
    :host:empty {
      display: none;
    }
    section {
      display: grid;
      gap: 0.75rem;
    }
    li {
      display: grid;
      grid-template-columns: auto minmax(0, 1fr);
      gap: 0.8rem;
      padding: 0.7rem 1.2rem;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    sv-icon {
      margin-top: 0.15rem;
      color: var(--sv-warn);
    }
  `,
})
export class PreflightNotice {
  readonly #api = inject(AutomationApi);
  readonly #clock = inject(Clock);
  protected readonly query = liveQuery({
    params: () => ({}),
    load: () => this.#api.preflight(),
    concerns: isOfCategory('streamer', 'preflight'),
  });
  readonly #report = computed(() => this.query.value()?.report ?? undefined);
  readonly #all = computed(() =>
    (this.#report()?.problems ?? []).toSorted(
      (one, other) => Number(other.level === 'fail') - Number(one.level === 'fail'),
    ),
  );
  protected readonly problems = computed(() => this.#all().slice(0, shownAtMost));
  protected readonly hidden = computed(() => this.#all().length - this.problems().length);
  protected readonly expected = computed(() => {
    const next = this.#report()?.expected[0];
    if (!next || Date.parse(next.at) < this.#clock.now()) return null;
    const size = next.bytes > 0 ? `, about ${formatBytes(next.bytes)}` : '';
    return `Next expected: ${next.streamerName}, ${formatWhen(next.at, this.#clock.now())}${size}.`;
  });
}
