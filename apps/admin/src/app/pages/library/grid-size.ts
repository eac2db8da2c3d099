/** The number of cards in a row, and the height of a row with its distance to the next. In pixels. */
export interface GridSize {
  readonly columns: number;
  readonly rowHeight: number;
  /** The additional height of a row with the name of its day above it. */
  readonly dayHeight: number;
}

export interface GridRow<Item> {
  /** Midnight, if a day begins with this row; otherwise null. */
  readonly day: number | null;
  /** The index of its first item in the whole list. */
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

/** The offset of each row, and after the last one the end of all. */
export function offsetsOf(rows: readonly GridRow<unknown>[], { rowHeight, dayHeight }: GridSize): readonly number[] {
  const offsets = [0];
  let end = 0;
  for (const { day } of rows) {
    end += rowHeight + (day === null ? 0 : dayHeight);
    offsets.push(end);
  }
  return offsets;
}
