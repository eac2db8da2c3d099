import type { Lifecycle } from '@streamvault/api-contract';
import { edgeKey } from './journey';

export interface PlacedState {
  readonly name: string;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
export interface PlacedEdge {
  readonly key: string;
  readonly path: string;
}
export interface Chart {
  readonly width: number;
  readonly height: number;
  readonly states: readonly PlacedState[];
  readonly edges: readonly PlacedEdge[];
}

const pitch = 188;
const nodeWidth = 156;
const sideWidth = 126;
const nodeHeight = 52;
const rows = { top: 2, spine: 108, side: 206, bottom: 290, unknown: 370 } as const;

interface Place {
  readonly row: keyof typeof rows;
  readonly column: number;
  /** Columns it spans: a bar that many states lead to. */
  readonly span?: number;
}

/**
 * Where the known states are drawn. The server says which state leads to which. A state that is not named here gets its
 * own row.
 */
const places: Readonly<Record<string, Place>> = {
  requested: { row: 'spine', column: 0 },
  starting: { row: 'spine', column: 1 },
  capturing: { row: 'spine', column: 2 },
  reconnecting: { row: 'side', column: 2 },
  finalizing: { row: 'spine', column: 3 },
  postProcessing: { row: 'spine', column: 4 },
  completed: { row: 'spine', column: 5 },
  failed: { row: 'top', column: 0, span: 4 },
  cancelled: { row: 'bottom', column: 0, span: 4 },
};

export function layoutLifecycle(lifecycle: Lifecycle): Chart {
  let unplaced = 0;
  const states = lifecycle.states.map(({ name }): PlacedState => {
    const place = places[name] ?? { row: 'unknown', column: unplaced++ };
    const width = place.row === 'side' ? sideWidth : nodeWidth + ((place.span ?? 1) - 1) * pitch;
    const height = place.span === undefined ? nodeHeight : 44;
    return {
      name,
      x: 1 + place.column * pitch + (place.row === 'side' ? (nodeWidth - sideWidth) / 2 : 0),
      y: rows[place.row],
      width,
      height,
    };
  });
  const byName = new Map(states.map((state) => [state.name, state]));
  const edges = new Map<string, PlacedEdge>();
  for (const { name, transitions } of lifecycle.states) {
    for (const { target } of transitions) {
      const [from, to] = [byName.get(name), byName.get(target)];
      const key = edgeKey(name, target);
      if (from && to && from !== to && !edges.has(key)) edges.set(key, { key, path: route(from, to) });
    }
  }
  const right = Math.max(...states.map(({ x, width }) => x + width));
  const bottom = Math.max(...states.map(({ y, height }) => y + height));
  return { width: right + 1, height: bottom + 2, states, edges: [...edges.values()] };
}

const middle = ({ x, width }: PlacedState): number => x + width / 2;
const right = ({ x, width }: PlacedState): number => x + width;
const bottom = ({ y, height }: PlacedState): number => y + height;
const isBar = ({ width }: PlacedState): boolean => width > nodeWidth;
const arrow = 7;

function route(from: PlacedState, to: PlacedState): string {
  if (isBar(to)) return toBar(from, to);
  if (isBar(from)) return fromBar(from, to);
  if (from.y === to.y) return alongRow(from, to);
  return betweenRows(from, to);
}

function alongRow(from: PlacedState, to: PlacedState): string {
  const y = from.y + from.height / 2;
  const isNext = to.x > from.x && to.x - from.x <= pitch;
  if (isNext) return `M${right(from)} ${y}H${to.x - arrow}`;
  // Over the states in between, or back.
  const lift = from.y - 22;
  const [start, end] = to.x > from.x ? [right(from) - 26, to.x + 26] : [from.x + 26, right(to) - 26];
  return `M${start} ${from.y}V${lift}H${end}V${to.y - arrow}`;
}

function betweenRows(from: PlacedState, to: PlacedState): string {
  const goesDown = to.y > from.y;
  // A pair that leads both ways has its arrows side by side.
  const x = Math.max(from.x, to.x) + Math.min(from.width, to.width) / 2 + (goesDown ? -22 : 22);
  if (Math.abs(middle(from) - middle(to)) < pitch / 2)
    return goesDown ? `M${x} ${bottom(from)}V${to.y - arrow}` : `M${x} ${from.y}V${bottom(to) + arrow}`;
  const y = from.y + from.height / 2;
  return `M${to.x > from.x ? right(from) : from.x} ${y}H${middle(to)}V${goesDown ? to.y - arrow : bottom(to) + arrow}`;
}

/** Straight up or down into the bar, or around a state that is in the way. */
function toBar(from: PlacedState, to: PlacedState): string {
  const goesUp = to.y < from.y;
  if (goesUp && from.width === sideWidth) {
    const x = from.x - 28;
    return `M${from.x} ${from.y + from.height / 2}H${x}V${bottom(to) + arrow}`;
  }
  const x = from.width === sideWidth ? middle(from) : from.x + 7;
  return goesUp ? `M${x} ${from.y}V${bottom(to) + arrow}` : `M${x} ${bottom(from)}V${to.y - arrow}`;
}

function fromBar(from: PlacedState, to: PlacedState): string {
  const x = right(to) - 7;
  return from.y < to.y ? `M${x} ${bottom(from)}V${to.y - arrow}` : `M${x} ${from.y}V${bottom(to) + arrow}`;
}
