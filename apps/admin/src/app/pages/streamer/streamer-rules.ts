import { Component, inject, input, signal } from '@angular/core';
import { MatButton } from '@angular/material/button';
import { RouterLink } from '@angular/router';
import type { Rule, RuleTest } from '@streamvault/api-contract';
import { AutomationApi } from '../../automation/automation-api';
import { RuleTestTable } from '../../automation/rule-test-table';
import { RulesEditor } from '../../automation/rules-editor';
import { Commands } from '../../commands/commands';
import { Notices } from '../../commands/notices';
import { isAbout, liveQuery } from '../../feed/live-query';
import { Icon } from '../../ui/icon';
import { Skeleton } from '../../ui/skeleton';
import { TroublePanel } from '../../ui/trouble-panel';

/** The rules of one streamer: its own, or those for all. */
@Component({
  selector: 'sv-streamer-rules',
  imports: [Icon, MatButton, RouterLink, RuleTestTable, RulesEditor, Skeleton, TroublePanel],
  template: `
    @if (query.value(); as rules) {
      <div class="sv-card box">
        <p data-testid="rules-origin">
          @if (rules.inherited) {
            These are the <a routerLink="/settings/recording">rules for all streamers</a>. A change here makes rules of
            its own for this streamer.
          } @else {
            This streamer has rules of its own.
            <button matButton type="button" [disabled]="commands.isBusy(key)" (click)="save(null)">
              Use the rules for all streamers
            </button>
          }
        </p>
        <sv-rules-editor
          [rules]="rules.rules"
          [result]="result()"
          [busy]="commands.isBusy(key)"
          (save)="save($event)"
          (drafted)="drafted($event)"
        />
      </div>
      <section class="sv-card box" aria-labelledby="test">
        <div class="sv-head">
          <h2 id="test">Test</h2>
          <button matButton="tonal" type="button" [disabled]="commands.isBusy('test-rules')" (click)="test()">
            <sv-icon name="check" /> Test on the last 50 broadcasts
          </button>
        </div>
        @if (result(); as answer) {
          <sv-rule-test-table [result]="answer" />
        } @else {
          <p class="sv-quiet">
            Shows what the rules above would have decided about known broadcasts, and which rule decided. Nothing is
            changed.
          </p>
        }
      </section>
    } @else if (query.trouble(); as trouble) {
      <sv-trouble [trouble]="trouble" (retry)="query.reload()" />
    } @else {
      <sv-skeleton [count]="3" [height]="64" />
    }
  `,
  styles: `
    :host {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 1.25rem;
    }
    .box {
      display: grid;
      grid-template-columns: minmax(0, 1fr);
      gap: 0.8rem;
      padding: 1.1rem 1.3rem 1.3rem;
    }
  `,
})
export class StreamerRulesPanel {
  readonly streamerId = input.required<string>();
  readonly #api = inject(AutomationApi);
  readonly #notices = inject(Notices);
  protected readonly commands = inject(Commands);
  protected readonly key = 'save-rules';

  protected readonly query = liveQuery({
    params: () => this.streamerId(),
    load: (id) => this.#api.rules(id),
    concerns: (event, id) => isAbout(`rules-${id}`, 'rules-0')(event),
  });
  protected readonly result = signal<RuleTest | undefined>(undefined);
  #draft: readonly Rule[] | undefined;

  /** The rules have changed since the test. */
  protected drafted(rules: readonly Rule[]): void {
    this.#draft = rules;
    this.result.set(undefined);
  }

  protected async save(rules: Rule[] | null): Promise<void> {
    const saved = await this.commands.run(this.key, () => this.#api.putRules(this.streamerId(), rules));
    if (!saved) return;
    this.#draft = undefined;
    this.#notices.done(rules === null ? 'The rules for all streamers apply again.' : 'The rules are saved.');
    this.query.reload();
  }

  protected async test(): Promise<void> {
    const rules = this.#draft ?? this.query.value()?.rules ?? [];
    const answer = await this.commands.run('test-rules', () => this.#api.testRules(this.streamerId(), rules));
    if (answer) this.result.set(answer);
  }
}
