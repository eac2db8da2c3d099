/** First and last byte, both included, from 0. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export type RangeAnswer =
  /** No range was requested, or none that has to be understood: send everything. */
  { readonly kind: 'whole' } | ({ readonly kind: 'range' } & ByteRange) | { readonly kind: 'unsatisfiable' };

/** No player sends a longer list (RFC 9110 §14.2 allows ignoring what looks like an attack, and §17.15 says why). */
const MOST_RANGES = 100;

/**
 * The `Range` header field for a file of `size` bytes, RFC 9110 §14.1 and §14.2. A field that is malformed or in
 * another unit is ignored, as §14.2 says. Of several ranges one is served, which §15.3.7 leaves to the server: the
 * first possible one, with all that overlap or touch it.
 */
export function parseRange(header: string | undefined, size: number): RangeAnswer {
  const specs = parseSpecs(header);
  if (specs === undefined) return { kind: 'whole' };
  // A nonzero suffix of an empty file is satisfiable, and means everything (§14.1.2).
  if (size === 0 && specs.some((spec) => spec.kind === 'suffix' && spec.length > 0)) return { kind: 'whole' };
  const [first, ...others] = specs.map((spec) => resolve(spec, size)).filter((range) => range !== undefined);
  return first === undefined ? { kind: 'unsatisfiable' } : { kind: 'range', ...coalesce(first, others) };
}

type Spec =
  | { readonly kind: 'from'; readonly first: number; readonly last: number }
  | { readonly kind: 'suffix'; readonly length: number };

function parseSpecs(header: string | undefined): readonly Spec[] | undefined {
  const set = /^bytes=(.*)$/is.exec(header?.trim() ?? '')?.[1];
  if (set === undefined) return undefined;
  // Lists may have empty elements (§5.6.1.2).
  const elements = set
    .split(',')
    .map((element) => element.replace(/^[ \t]+|[ \t]+$/g, ''))
    .filter((element) => element !== '');
  if (elements.length === 0 || elements.length > MOST_RANGES) return undefined;
  const specs = elements.map(parseSpec).filter((spec) => spec !== undefined);
  return specs.length === elements.length ? specs : undefined;
}

function parseSpec(element: string): Spec | undefined {
  const [, first, last] = /^(\d*)-(\d*)$/.exec(element) ?? [];
  if (first === undefined || last === undefined || (first === '' && last === '')) return undefined;
  if (first === '') return { kind: 'suffix', length: position(last) };
  const end = last === '' ? Number.MAX_SAFE_INTEGER : position(last);
  // Compared as written, not as rounded.
  if (last !== '' && BigInt(last) < BigInt(first)) return undefined;
  return { kind: 'from', first: position(first), last: end };
}

/** Beyond 2^53 it is past the end of every file; precision does not matter. */
function position(digits: string): number {
  return Math.min(Number(digits), Number.MAX_SAFE_INTEGER);
}

function resolve(spec: Spec, size: number): ByteRange | undefined {
  switch (spec.kind) {
    case 'from':
      return spec.first < size ? { start: spec.first, end: Math.min(spec.last, size - 1) } : undefined;
    case 'suffix':
      return spec.length > 0 && size > 0 ? { start: Math.max(0, size - spec.length), end: size - 1 } : undefined;
    default:
      return spec satisfies never;
  }
}

function coalesce(first: ByteRange, others: readonly ByteRange[]): ByteRange {
  let { start, end } = first;
  const rest = new Set(others);
  for (let grew = true; grew;) {
    grew = false;
    for (const range of rest) {
      if (range.start > end + 1 || range.end < start - 1) continue;
      rest.delete(range);
      start = Math.min(start, range.start);
      end = Math.max(end, range.end);
      grew = true;
    }
  }
  return { start, end };
}
