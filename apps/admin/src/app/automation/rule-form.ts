import { Component, computed, input, linkedSignal, output } from '@angular/core';
import { MatButton } from '@angular/material/button';
import type { Rule } from '@streamvault/api-contract';
import { kindsOfBroadcast, ruleSentence, weekdays } from './rule-words';

const patterns = [
  { name: 'title', label: 'Title' },
  { name: 'category', label: 'Category' },
  { name: 'tag', label: 'Tag' },
] as const;
type PatternName = (typeof patterns)[number]['name'];

/** One rule, field by field, with its sentence. */
@Component({
  selector: 'sv-rule-form',
  imports: [MatButton],
  template: `
    <form novalidate (submit)="submit($event)" [attr.aria-label]="draft().name || 'New rule'">
      <div class="row">
        <label class="sv-field">
          Name
          <input
            #name
            class="sv-input"
            name="name"
            required
            maxlength="100"
            autocomplete="off"
            [value]="draft().name"
            (input)="change({ name: name.value })"
          />
        </label>
        <label class="sv-field">
          What it does
          <select #action class="sv-input" name="action" (change)="setAction(action.value)">
            <option value="include" [selected]="draft().action === 'include'">Record</option>
            <option value="exclude" [selected]="draft().action === 'exclude'">Do not record</option>
          </select>
        </label>
      </div>
      @for (pattern of patterns; track pattern.name) {
        <div class="row pattern">
          <label class="sv-field">
            {{ pattern.label }}
            <select
              #mode
              class="sv-input"
              [name]="pattern.name + '-mode'"
              (change)="setPattern(pattern.name, mode.value, text.value)"
            >
              <option value="contains" [selected]="draft()[pattern.name]?.mode !== 'regex'">contains</option>
              <option value="regex" [selected]="draft()[pattern.name]?.mode === 'regex'">matches the expression</option>
            </select>
          </label>
          <label class="sv-field">
            <span class="sv-sr-only">{{ pattern.label }}: </span>Text, any where empty
            <input
              #text
              class="sv-input"
              [name]="pattern.name"
              maxlength="200"
              autocomplete="off"
              dir="auto"
              [value]="draft()[pattern.name]?.text ?? ''"
              (input)="setPattern(pattern.name, mode.value, text.value)"
            />
          </label>
        </div>
      }
      <fieldset>
        <legend>Weekdays, any where none is chosen</legend>
        @for (day of weekdays; track day.number) {
          <label class="box">
            <input type="checkbox" [checked]="isOn(day.number)" (change)="toggleDay(day.number)" /> {{ day.label }}
          </label>
        }
      </fieldset>
      <div class="row">
        <label class="sv-field">
          From
          <input
            #from
            class="sv-input"
            type="time"
            name="from"
            [value]="draft().from ?? ''"
            (change)="change({ from: from.value || null })"
          />
        </label>
        <label class="sv-field">
          To, the next day where it is earlier
          <input
            #to
            class="sv-input"
            type="time"
            name="to"
            [value]="draft().to ?? ''"
            (change)="change({ to: to.value || null })"
          />
        </label>
        <label class="sv-field">
          Time zone, the server's where empty
          <input
            #zone
            class="sv-input"
            name="zone"
            maxlength="60"
            placeholder="Europe/Berlin"
            autocomplete="off"
            [value]="draft().zone ?? ''"
            (input)="change({ zone: zone.value.trim() || null })"
          />
        </label>
      </div>
      <fieldset>
        <legend>Type, live where none is chosen</legend>
        @for (kind of kinds; track kind.kind) {
          <label class="box">
            <input type="checkbox" [checked]="draft().kinds?.includes(kind.kind)" (change)="toggleKind(kind.kind)" />
            {{ kind.label }}
          </label>
        }
      </fieldset>
      <p class="sentence" role="status">{{ sentence() }}</p>
      @if (problem(); as words) {
        <p class="problem" role="alert">{{ words }}</p>
      }
      <div class="ends">
        <button matButton="tonal" type="submit">Use this rule</button>
        <button matButton type="button" (click)="closed.emit()">Go back</button>
      </div>
    </form>
  `,
  styles: `
    form {
      display: grid;
      gap: 0.9rem;
      padding: 1rem 0 0.5rem;
    }
    .row {
      display: grid;
      grid-template-columns: repeat(auto-fit, minmax(min(100%, 12rem), 1fr));
      gap: 0.75rem 1rem;
      align-items: end;
    }
    .pattern {
      grid-template-columns: minmax(0, 11rem) minmax(0, 1fr);
    }
    @media (width < 480px) {
      .pattern {
        grid-template-columns: minmax(0, 1fr);
      }
    }
    fieldset {
      display: flex;
      flex-wrap: wrap;
      gap: 0.3rem 1rem;
      margin: 0;
      padding: 0;
      border: 0;
    }
    legend {
      margin-bottom: 0.25rem;
      font-size: 0.8125rem;
    }
    .box {
      display: inline-flex;
      gap: 0.4rem;
      align-items: center;
      min-height: 2rem;
    }
    .sentence {
      padding: 0.6rem 0.9rem;
      border-radius: var(--sv-radius-small);
      background: var(--sv-quiet-soft);
      overflow-wrap: anywhere;
    }
    .problem {
      color: var(--mat-sys-error);
    }
    .ends {
      display: flex;
      gap: 0.5rem;
    }
  `,
})
export class RuleForm {
  readonly rule = input.required<Rule>();
  readonly accepted = output<Rule>();
  readonly closed = output();

  protected readonly patterns = patterns;
  protected readonly weekdays = weekdays;
  protected readonly kinds = kindsOfBroadcast;
  protected readonly draft = linkedSignal(() => this.rule());
  protected readonly problem = linkedSignal<Rule, string | null>({ source: this.draft, computation: () => null });
  protected readonly sentence = computed(() => ruleSentence(this.draft()));

  protected change(change: Partial<Rule>): void {
    this.draft.update((before) => ({ ...before, ...change }));
  }
  protected setAction(value: string): void {
    this.change({ action: value === 'exclude' ? 'exclude' : 'include' });
  }
  protected setPattern(name: PatternName, mode: string, text: string): void {
    this.change({ [name]: text.trim() === '' ? null : { mode: mode === 'regex' ? 'regex' : 'contains', text } });
  }
  protected isOn(number: number): boolean {
    return this.draft().weekdays?.includes(number) ?? false;
  }
  protected toggleDay(number: number): void {
    this.change({ weekdays: toggled(this.draft().weekdays, number) });
  }
  protected toggleKind(kind: NonNullable<Rule['kinds']>[number]): void {
    this.change({ kinds: toggled(this.draft().kinds, kind) });
  }

  protected submit(event: Event): void {
    event.preventDefault();
    const { name, from, to } = this.draft();
    if (name.trim() === '') this.problem.set('Give the rule a name.');
    else if ((from === null) !== (to === null)) this.problem.set('Give both times, or neither.');
    else this.accepted.emit({ ...this.draft(), name: name.trim() });
  }
}

/** With it or without it; null if nothing is left, which means any. */
function toggled<Item extends number | string>(items: readonly Item[] | null, item: Item): Item[] | null {
  const next = items?.includes(item) ? items.filter((other) => other !== item) : [...(items ?? []), item];
  return next.length === 0 ? null : next;
}
