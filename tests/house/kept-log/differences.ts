/** Where two JSON values differ: missing, changed, and additional fields, unless the field is in `added`, or
 * the list's name with `[]` for more items at its end. */
export function differences(expected: unknown, actual: unknown, added: ReadonlySet<string>, at = ''): string[] {
  if (!isTree(expected) || !isTree(actual) || Array.isArray(expected) !== Array.isArray(actual))
    return Object.is(expected, actual) ? [] : [`${at}: was ${brief(expected)}, is ${brief(actual)}`];
  const names = [...new Set([...Object.keys(expected), ...Object.keys(actual)])];
  return names.flatMap((name) => {
    const place = `${at}/${name}`;
    if (!Object.hasOwn(actual, name)) return [`${place}: is missing, was ${brief(expected[name])}`];
    if (Object.hasOwn(expected, name)) return differences(expected[name], actual[name], added, place);
    const isMore = Array.isArray(actual) && added.has(`${at.split('/').at(-1)}[]`);
    return isMore || added.has(name) ? [] : [`${place}: is new, ${brief(actual[name])}`];
  });
}

type Tree = Readonly<Record<string, unknown>>;

const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

function brief(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}
