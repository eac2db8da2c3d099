import type { Lifecycle, LoggedEvent } from '@streamvault/api-contract';

export interface Visit {
  readonly state: string;
  readonly at: string;
}

/** One way through the lifecycle that explains the events so far. */
interface Walk {
  readonly state: string;
  readonly visits: readonly Visit[];
}

/**
 * The states of a recording, in order, derived from its events by the lifecycle's transitions. If one event leads to
 * several targets (a retry), every path is followed, and the one that ends in the present state is right. Empty if none
 * does: the story is incomplete or newer than the lifecycle.
 */
export function journey(lifecycle: Lifecycle, events: readonly LoggedEvent[], present: string): readonly Visit[] {
  const first = events[0];
  if (!first) return [];
  const states = new Map(lifecycle.states.map((state) => [state.name, state]));
  let walks: Walk[] = [{ state: lifecycle.initial, visits: [{ state: lifecycle.initial, at: momentOf(first) }] }];
  for (const event of events) {
    const next = new Map<string, Walk>();
    for (const walk of walks) {
      const targets = new Set(
        states.get(walk.state)?.transitions.flatMap(({ event: type, target }) => (type === event.type ? [target] : [])),
      );
      if (targets.size === 0) targets.add(walk.state);
      for (const target of targets) {
        if (next.has(target)) continue;
        const visits = target === walk.state ? walk.visits : [...walk.visits, { state: target, at: momentOf(event) }];
        next.set(target, { state: target, visits });
      }
    }
    walks = [...next.values()];
  }
  return walks.find(({ state }) => state === present)?.visits ?? [];
}

/** When it happened, if the event says so; otherwise when it was recorded. */
export function momentOf({ data, recordedAt }: LoggedEvent): string {
  const at = data['at'];
  return typeof at === 'string' && !Number.isNaN(Date.parse(at)) ? at : recordedAt;
}

export const edgeKey = (from: string, to: string): string => `${from}>${to}`;

export function travelledEdges(visits: readonly Visit[]): ReadonlySet<string> {
  return new Set(visits.slice(1).map(({ state }, index) => edgeKey(visits[index]?.state ?? '', state)));
}
