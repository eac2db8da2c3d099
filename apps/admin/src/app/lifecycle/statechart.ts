import { Component, computed, input } from '@angular/core';
import type { Lifecycle, LoggedEvent } from '@streamvault/api-contract';
import { formatTime } from '../ui/formats';
import { Icon } from '../ui/icon';
import { stateLabel, stateTone } from '../ui/states';
import { journey, travelledEdges } from './journey';
import { layoutLifecycle } from './layout';

type Standing = 'now' | 'passed' | 'ahead';

/**
 * The lifecycle as the server's machine describes it, with the present state and the path to it marked. A drawing on
 * wide screens, a list on narrow ones. Screen readers always get the list.
 */
@Component({
  selector: 'sv-statechart',
  imports: [Icon],
  templateUrl: './statechart.html',
  styleUrl: './statechart.scss',
})
export class Statechart {
  readonly lifecycle = input.required<Lifecycle>();
  readonly events = input.required<readonly LoggedEvent[]>();
  readonly present = input.required<string>();

  readonly #visits = computed(() => journey(this.lifecycle(), this.events(), this.present()));
  /** When a state was entered: the present one last, one that was passed first. */
  readonly #entered = computed(() => {
    const entered = new Map<string, string>();
    for (const { state, at } of this.#visits())
      if (state === this.present() || !entered.has(state)) entered.set(state, at);
    return entered;
  });
  readonly #chart = computed(() => layoutLifecycle(this.lifecycle()));

  protected readonly box = computed(() => `0 0 ${this.#chart().width} ${this.#chart().height}`);
  protected readonly states = computed(() => {
    const described = new Map(this.lifecycle().states.map((state) => [state.name, state]));
    return this.#chart().states.map((placed) => {
      const { description = '', transitions = [] } = described.get(placed.name) ?? {};
      const at = this.#entered().get(placed.name);
      const ways = transitions.filter(({ target }) => target !== placed.name);
      return {
        ...placed,
        description,
        label: stateLabel(placed.name),
        tone: stateTone(placed.name),
        standing: this.#standing(placed.name),
        entered: at === undefined ? null : formatTime(at),
        ways: ways.map((way) => ({ ...way, label: stateLabel(way.target) })),
      };
    });
  });
  protected readonly edges = computed(() => {
    const travelled = travelledEdges(this.#visits());
    const edges = this.#chart().edges.map((edge) => ({ ...edge, travelled: travelled.has(edge.key) }));
    // The path that was taken lies on top.
    return edges.toSorted((left, right) => Number(left.travelled) - Number(right.travelled));
  });
  protected readonly now = computed(() => this.states().find(({ standing }) => standing === 'now'));

  #standing(name: string): Standing {
    if (name === this.present()) return 'now';
    return this.#entered().has(name) ? 'passed' : 'ahead';
  }
}
