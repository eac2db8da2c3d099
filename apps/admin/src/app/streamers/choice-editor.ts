import { Component, computed, input, output } from '@angular/core';
import { RouterLink } from '@angular/router';
import type { ChangeStreamerBody, ProxyList } from '@streamvault/api-contract';
import { type ChoiceName, type Choices, choiceBody, describeChoices } from './choices';
import { NameTemplateChoice } from './name-template-choice';
import { NoticeKindsChoice } from './notice-kinds-choice';
import { ProxyChoice } from './proxy-choice';

export interface ChoiceChange {
  readonly name: ChoiceName;
  /** null: as for all streamers. */
  readonly body: Pick<ChangeStreamerBody, ChoiceName>;
}

/**
 * How streamers are recorded, each choice with where it comes from. If `inherited` is null, it applies to all
 * streamers; otherwise to one, which can leave any choice to the settings for all. A change is sent at once.
 */
@Component({
  selector: 'sv-choice-editor',
  imports: [NameTemplateChoice, NoticeKindsChoice, ProxyChoice, RouterLink],
  template: `
    <dl data-testid="settings">
      @for (choice of shown(); track choice.name) {
        <div [attr.data-choice]="choice.name">
          <dt>
            <label [for]="'choice-' + choice.name">{{ choice.label }}</label>
            <span class="sv-quiet small">{{ choice.hint }}</span>
          </dt>
          <dd>
            @if (choice.options; as options) {
              <select
                #box
                class="sv-input"
                [id]="'choice-' + choice.name"
                [disabled]="busy() || choice.lockedBy !== null"
                [attr.aria-describedby]="'origin-' + choice.name"
                (change)="choose(choice.name, box.value)"
              >
                @if (inherited()) {
                  <option value="" [selected]="choice.isInherited">
                    {{ choice.isInherited ? choice.words + ' (as for all)' : 'As for all streamers' }}
                  </option>
                }
                @for (option of options; track option.value) {
                  <option [value]="option.value" [selected]="!choice.isInherited && option.value === choice.value">
                    {{ option.label }}
                  </option>
                }
              </select>
            } @else if (choice.name === 'nameTemplate') {
              <sv-name-template
                class="wide"
                [id]="'choice-' + choice.name"
                [template]="choices().nameTemplate"
                [isInherited]="choice.isInherited"
                [ofStreamer]="inherited() !== null"
                [busy]="busy()"
                (chosen)="chosen.emit({ name: 'nameTemplate', body: { nameTemplate: $event } })"
              />
            } @else if (choice.name === 'notices') {
              <sv-notice-kinds
                class="wide"
                [id]="'choice-' + choice.name"
                [kinds]="choices().notices"
                [isInherited]="choice.isInherited"
                [ofStreamer]="inherited() !== null"
                [busy]="busy()"
                (chosen)="chosen.emit({ name: 'notices', body: { notices: $event } })"
              />
            } @else if (proxies(); as list) {
              @if (list.items.length > 0 || choices().proxies) {
                <sv-proxy-choice
                  [id]="'choice-' + choice.name"
                  [list]="list"
                  [value]="choices().proxies"
                  (valueChange)="route($event)"
                />
              } @else {
                <span>{{ choice.words }}</span>
              }
            } @else {
              <span>{{ choice.words }}</span>
            }
            <span class="small" [class.sv-quiet]="choice.isInherited" [id]="'origin-' + choice.name">
              @if (choice.lockedBy) {
                Set by {{ choice.lockedBy }} in the environment
              } @else if (inherited() === null) {
                For all streamers without their own choice
              } @else if (choice.isInherited) {
                From the <a routerLink="/settings/recording">settings for all streamers</a>
              } @else {
                Set for this streamer
              }
            </span>
          </dd>
        </div>
      }
    </dl>
  `,
  styles: `
    dl {
      display: grid;
    }
    dl > div {
      display: grid;
      grid-template-columns: minmax(0, 1fr) minmax(0, 1.1fr);
      gap: 0.4rem 1.5rem;
      padding: 0.8rem 0;
    }
    dl > div + div {
      border-top: 1px solid var(--sv-line);
    }
    dt,
    dd {
      display: grid;
      gap: 0.2rem;
      align-content: start;
      justify-items: start;
      min-width: 0;
    }
    label {
      font-weight: 600;
    }
    .small {
      font-size: 0.8125rem;
    }
    [data-choice='proxies'] {
      grid-template-columns: minmax(0, 1fr);
    }
    .wide {
      width: 100%;
    }
    @media (width < 640px) {
      dl > div {
        grid-template-columns: minmax(0, 1fr);
      }
    }
  `,
})
export class ChoiceEditor {
  readonly choices = input.required<Choices>();
  /** Names of what a streamer has from the settings for all; null: these are the settings for all. */
  readonly inherited = input<readonly string[] | null>(null);
  /** By name, the variable of the environment that sets it. */
  readonly locks = input<Readonly<Record<string, string | null>>>({});
  readonly proxies = input<ProxyList>();
  readonly busy = input(false);
  readonly chosen = output<ChoiceChange>();

  protected readonly shown = computed(() => {
    const choices = this.choices();
    return describeChoices(choices).map((choice) => ({
      ...choice,
      value: String(choices[choice.name]),
      isInherited: this.inherited()?.includes(choice.name) ?? false,
      lockedBy: this.locks()[choice.name] ?? null,
    }));
  });

  protected choose(name: ChoiceName, value: string): void {
    this.chosen.emit({ name, body: value === '' ? { [name]: null } : choiceBody(name, value) });
  }

  protected route(order: readonly string[] | null): void {
    this.chosen.emit({ name: 'proxies', body: { proxies: order && [...order] } });
  }
}
