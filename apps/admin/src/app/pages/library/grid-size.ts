/** Cards beside each other, and how high a row of them is, its distance to the next included. In pixels. */
export interface GridSize {
  readonly columns: number;
  readonly rowHeight: number;
  /** What a row is higher that has the name of its day above it. */
  readonly dayHeight: number;
}

export interface GridRow<Item> {
  /** Midnight where a day begins here; null in all other rows. */
  readonly day: number | null;
  /** Where its first one is in the whole list. */
  readonly first: number;
  readonly items: readonly Item[];
}

const leastCard = 17;
const gap = 1.1;
const words = 6.9;
const listRow = 3.5;
const dayHead = 3;

/** @param rem pixels that the text's own unit has */
export function gridSize(width: number, rem: number, isList: boolean): GridSize {
  const dayHeight = dayHead * rem;
  if (isList) return { columns: 1, rowHeight: listRow * rem, dayHeight };
  const columns = Math.max(1, Math.floor((width + gap * rem) / ((leastCard + gap) * rem)));
  const card = (width - (columns - 1) * gap * rem) / columns;
  // Two pixels of border.
  return { columns, rowHeight: Math.ceil(((card - 2) * 9) / 16 + (words + gap) * rem + 2), dayHeight };
}

/** @param dayOf midnight of an item's day, where days begin rows of their own; the items are in the order of their days */
export function rowsOf<Item>(
  items: readonly Item[],
  columns: number,
  dayOf: (item: Item) => number | null,
): readonly GridRow<Item>[] {
  const rows: { day: number | null; first: number; items: Item[] }[] = [];
  let day: number | null = null;
  for (const [index, item] of items.entries()) {
    const own = dayOf(item);
    const row = rows.at(-1);
    if (row && own === day && row.items.length < columns) row.items.push(item);
    else rows.push({ day: own === day ? null : own, first: index, items: [item] });
    day = own;
  }
  return rows;
}

/** Where each row begins, and behind the last one where all end. */
export function offsetsOf(rows: readonly GridRow<unknown>[], { rowHeight, dayHeight }: GridSize): readonly number[] {
  const offsets = [0];
  let end = 0;
  for (const { day } of rows) {
    end += rowHeight + (day === null ? 0 : dayHeight);
    offsets.push(end);
  }
  return offsets;
}
