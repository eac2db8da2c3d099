/** The route without a proxy. Nothing after it would ever be used, so it is always the last. */
export const direct = 'direct';

const ordered = (names: readonly string[]): string[] => [
  ...names.filter((name) => name !== direct),
  ...(names.includes(direct) ? [direct] : []),
];

export const withProxy = (order: readonly string[], name: string): string[] =>
  ordered(order.includes(name) ? order : [...order, name]);

export const withoutProxy = (order: readonly string[], name: string): string[] =>
  order.filter((other) => other !== name);

/** Whether it can go there: not beyond an end, and not after the direct route. */
export function canMove(order: readonly string[], name: string, by: 1 | -1): boolean {
  const other = order[order.indexOf(name) + by];
  return other !== undefined && name !== direct && other !== direct;
}

export function movedProxy(order: readonly string[], name: string, by: 1 | -1): string[] {
  if (!canMove(order, name, by)) return [...order];
  const from = order.indexOf(name);
  const moved = order.filter((other) => other !== name);
  moved.splice(from + by, 0, name);
  return moved;
}

/** `amsterdam, then direct`, in words; null means the settings for all. */
export function proxyWords(order: readonly string[] | null, defaults: readonly string[] = []): string {
  if (order !== null) return order.map((name) => (name === direct ? 'directly' : name)).join(', then ');
  return defaults.length === 0 ? 'Server default' : `Server default: ${proxyWords(defaults)}`;
}
