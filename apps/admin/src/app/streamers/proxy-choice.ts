import { Component, computed, input, model } from '@angular/core';
import type { FormValueControl } from '@angular/forms/signals';
import { MatIconButton } from '@angular/material/button';
import type { ProxyList } from '@streamvault/api-contract';
import { formatTime } from '../ui/formats';
import { Icon } from '../ui/icon';
import { canMove, direct, movedProxy, proxyWords, withProxy, withoutProxy } from './proxy-order';

/** The proxies for a streamer, best first; null: as the settings for all say. */
@Component({
  selector: 'sv-proxy-choice',
  imports: [Icon, MatIconButton],
  template: `
    <fieldset [attr.aria-describedby]="hintId" data-testid="proxies">
      <legend>Proxies</legend>
      <label>
        <input type="radio" name="proxies" [checked]="value() === null" (change)="value.set(null)" />
        {{ defaults() }}
      </label>
      <label>
        <input type="radio" name="proxies" [checked]="value() !== null" (change)="begin()" />
        In an order of its own
      </label>
      @if (value(); as order) {
        <ol role="list">
          @for (row of rows(); track row.name) {
            <li>
              <span class="number sv-numbers" aria-hidden="true">{{ $index + 1 }}</span>
              <span class="name"
                >{{ row.label }}
                @if (row.trouble) {
                  <span class="trouble">{{ row.trouble }}</span>
                }
              </span>
              <button
                matIconButton
                type="button"
                [disabled]="!row.canGoUp"
                [attr.aria-label]="'Try ' + row.label + ' earlier'"
                (click)="move(row.name, -1)"
              >
                <sv-icon name="up" />
              </button>
              <button
                matIconButton
                type="button"
                [disabled]="!row.canGoDown"
                [attr.aria-label]="'Try ' + row.label + ' later'"
                (click)="move(row.name, 1)"
              >
                <sv-icon name="down" />
              </button>
              <button
                matIconButton
                type="button"
                [disabled]="order.length === 1"
                [attr.aria-label]="'Do not use ' + row.label"
                (click)="remove(row.name)"
              >
                <sv-icon name="close" />
              </button>
            </li>
          }
        </ol>
        @if (others().length > 0) {
          <div class="others">
            @for (other of others(); track other.name) {
              <button type="button" class="add" (click)="add(other.name)">
                <sv-icon name="add" /><span class="sv-sr-only">Use</span> {{ other.label }}
              </button>
            }
          </div>
        }
      }
      <p [id]="hintId" class="hint">The first that works is used, and no other.</p>
    </fieldset>
  `,
  styleUrl: './proxy-choice.scss',
})
export class ProxyChoice implements FormValueControl<readonly string[] | null> {
  readonly value = model<readonly string[] | null>(null);
  readonly list = input.required<ProxyList>();
  protected readonly hintId = 'proxies-hint';

  protected readonly defaults = computed(() => {
    const { defaults } = this.list();
    return defaults.length === 0 ? 'Server default: directly' : proxyWords(null, defaults);
  });
  readonly #known = computed(() => this.list().items.filter(({ canBeChosen }) => canBeChosen));
  protected readonly rows = computed(() => {
    const order = this.value() ?? [];
    return order.map((name) => ({
      name,
      label: labelOf(name),
      trouble: this.#troubleOf(name),
      canGoUp: canMove(order, name, -1),
      canGoDown: canMove(order, name, 1),
    }));
  });
  protected readonly others = computed(() =>
    [...this.#known().map(({ name }) => name), direct]
      .filter((name) => !this.value()?.includes(name))
      .map((name) => ({ name, label: labelOf(name) })),
  );

  protected begin(): void {
    this.value.set([this.#known()[0]?.name ?? direct]);
  }
  protected add(name: string): void {
    this.value.update((order) => withProxy(order ?? [], name));
  }
  protected remove(name: string): void {
    this.value.update((order) => withoutProxy(order ?? [], name));
  }
  protected move(name: string, by: 1 | -1): void {
    this.value.update((order) => movedProxy(order ?? [], name, by));
  }

  #troubleOf(name: string): string | null {
    if (name === direct) return null;
    const proxy = this.#known().find((known) => known.name === name);
    if (!proxy) return 'not in the settings';
    return proxy.restsUntil === null ? null : `does not work; next attempt at ${formatTime(proxy.restsUntil)}`;
  }
}

const labelOf = (name: string): string => (name === direct ? 'Directly, without a proxy' : name);
