/** Cards beside each other, and how high a row of them is, its distance to the next included. In pixels. */
export interface GridSize {
  readonly columns: number;
  readonly rowHeight: number;
}

const leastCard = 17;
const gap = 1.1;
const words = 6.9;
const listRow = 4.5;

/** @param rem pixels that the text's own unit has */
export function gridSize(width: number, rem: number, isList: boolean): GridSize {
  if (isList) return { columns: 1, rowHeight: listRow * rem };
  const columns = Math.max(1, Math.floor((width + gap * rem) / ((leastCard + gap) * rem)));
  const card = (width - (columns - 1) * gap * rem) / columns;
  // Two pixels of border.
  return { columns, rowHeight: Math.ceil(((card - 2) * 9) / 16 + (words + gap) * rem + 2) };
}

export function rowsOf<Item>(items: readonly Item[], columns: number): (readonly Item[])[] {
  return Array.from({ length: Math.ceil(items.length / columns) }, (_, row) =>
    items.slice(row * columns, (row + 1) * columns),
  );
}
