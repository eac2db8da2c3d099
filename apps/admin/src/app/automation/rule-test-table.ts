import { Component, computed, inject, input } from '@angular/core';
import type { RuleTest } from '@streamvault/api-contract';
import { Clock } from '../ui/clock';
import { formatWhen } from '../ui/formats';
import { hypotheticalWords } from './decision-words';

/** What the rules would have decided about each broadcast, and which of them decided. */
@Component({
  selector: 'sv-rule-test-table',
  template: `
    <p role="status">{{ summary() }}</p>
    @if (rows().length > 0) {
      <ul role="list" data-testid="rule-test">
        @for (row of rows(); track row.broadcastId) {
          <li [class.not]="!row.isTaken">
            <p class="title" dir="auto">{{ row.title ?? 'Without a title' }}</p>
            <p class="sv-quiet small">{{ row.when }}{{ row.category ? ' · ' + row.category : '' }}</p>
            <p>
              <strong>{{ row.words }}.</strong> {{ row.by }}
              @if (row.differs) {
                <span class="differs">{{
                  row.wasRecorded ? 'It was recorded then.' : 'It was not recorded then.'
                }}</span>
              }
            </p>
          </li>
        }
      </ul>
    }
  `,
  styles: `
    :host {
      display: grid;
      gap: 0.5rem;
    }
    li {
      padding: 0.6rem 0;
      overflow-wrap: anywhere;
    }
    li + li {
      border-top: 1px solid var(--sv-line);
    }
    .title {
      font-weight: 600;
    }
    .small {
      font-size: 0.8125rem;
    }
    .not strong {
      color: var(--mat-sys-on-surface-variant);
    }
    .differs {
      color: var(--sv-warn);
    }
  `,
})
export class RuleTestTable {
  readonly result = input.required<RuleTest>();
  readonly #clock = inject(Clock);

  protected readonly rows = computed(() =>
    this.result().items.map((item) => {
      const isTaken = item.decision === 'record' || item.decision === 'provisional';
      return {
        ...item,
        isTaken,
        differs: isTaken !== item.wasRecorded,
        when: formatWhen(item.startedAt, this.#clock.now()),
        words: hypotheticalWords(item.decision),
        by: item.rule === null ? item.reason.message : `Rule ${item.rule.number} (${item.rule.name}) decides.`,
      };
    }),
  );
  protected readonly summary = computed(() => {
    const rows = this.rows();
    if (rows.length === 0) return 'No broadcast of this streamer is known yet.';
    const taken = rows.filter(({ isTaken }) => isTaken).length;
    return `${taken} of ${rows.length} broadcasts would be recorded.`;
  });
}
