import { Component, computed, inject, input, linkedSignal, output, signal } from '@angular/core';
import { MatButton, MatIconButton } from '@angular/material/button';
import type { Rule, RuleTest } from '@streamvault/api-contract';
import { formatDay } from '../ui/formats';
import { Clock } from '../ui/clock';
import { Icon } from '../ui/icon';
import { RuleForm } from './rule-form';
import { emptyRule, ruleSentence } from './rule-words';

/** Rules in their order, each as a sentence: the first that matches decides. Nothing is sent before the user saves. */
@Component({
  selector: 'sv-rules-editor',
  imports: [Icon, MatButton, MatIconButton, RuleForm],
  templateUrl: './rules-editor.html',
  styleUrl: './rules-editor.scss',
})
export class RulesEditor {
  readonly rules = input.required<readonly Rule[]>();
  /** What the rules decide about known broadcasts, if the user has tested them. */
  readonly result = input<RuleTest>();
  readonly busy = input(false);
  readonly save = output<Rule[]>();
  /** The rules as edited here. */
  readonly drafted = output<readonly Rule[]>();

  readonly #clock = inject(Clock);
  protected readonly draft = linkedSignal<readonly Rule[]>(() => this.rules());
  /** The rule whose form is open, by its index; the length of the list for a new rule. */
  protected readonly open = signal<number | null>(null);
  protected readonly emptyRule = emptyRule;
  protected readonly isChanged = computed(() => JSON.stringify(this.draft()) !== JSON.stringify(this.rules()));
  protected readonly otherwise = computed(() => {
    const includes = this.draft().some(({ action, isEnabled }) => isEnabled && action === 'include');
    return `The first rule that matches decides. If none matches, the broadcast is ${includes ? 'not recorded' : 'recorded'}.`;
  });
  protected readonly shown = computed(() =>
    this.draft().map((rule, index) => ({ rule, sentence: ruleSentence(rule), matches: this.#matches(index + 1) })),
  );

  #matches(number: number): string | null {
    const items = this.result()?.items;
    if (!items) return null;
    const decided = items.filter(({ rule }) => rule?.number === number);
    const [last] = decided;
    if (!last) return `Decided none of the last ${items.length}.`;
    const when = formatDay(last.startedAt, this.#clock.now());
    return `Decided ${decided.length} of the last ${items.length}, last “${last.title ?? 'without a title'}” (${when}).`;
  }

  protected accept(index: number, rule: Rule): void {
    this.#set(
      index === this.draft().length
        ? [...this.draft(), rule]
        : this.draft().map((other, place) => (place === index ? rule : other)),
    );
    this.open.set(null);
  }
  protected toggle(index: number): void {
    this.#set(this.draft().map((rule, place) => (place === index ? { ...rule, isEnabled: !rule.isEnabled } : rule)));
  }
  protected move(index: number, by: 1 | -1): void {
    const next = [...this.draft()];
    const [rule] = next.splice(index, 1);
    if (!rule) return;
    next.splice(index + by, 0, rule);
    this.open.set(null);
    this.#set(next);
  }
  protected remove(index: number): void {
    this.open.set(null);
    this.#set(this.draft().filter((_, place) => place !== index));
  }
  protected discard(): void {
    this.open.set(null);
    this.#set(this.rules());
  }

  #set(rules: readonly Rule[]): void {
    this.draft.set(rules);
    this.drafted.emit(rules);
  }
}
