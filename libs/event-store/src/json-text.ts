import { InvalidEvent } from './errors.js';

/** Far beyond any sensible event, and shallow enough to meet every cycle before the call stack ends. */
const MAX_DEPTH = 200;

/**
 * The JSON of an object that survives a round trip unchanged. `JSON.stringify` alone drops undefined and functions,
 * turns NaN into null and dates into strings, and throws a bare TypeError for the rest. Each of those would make the
 * log say something else than its writer did.
 * @param what the value's name in the message, e.g. `event[0].data`
 * @throws InvalidEvent naming the path and the kind of what does not fit, never its value
 */
export function jsonText(value: unknown, what: string): string {
  if (!isPlainObject(value)) throw new InvalidEvent(`${what} must be a JSON object, not ${kindOf(value)}.`);
  if (!isJson(value, 0)) throw new InvalidEvent(whatIsNotJson(value, what, 0) ?? `${what} is not JSON.`);
  return JSON.stringify(value);
}

/** Runs for every event, so it does not track the path, which only a refusal needs. */
function isJson(value: unknown, depth: number): boolean {
  if (typeof value === 'string' || typeof value === 'boolean' || value === null) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || depth >= MAX_DEPTH) return false;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length; index += 1) if (!isJson(value[index], depth + 1)) return false;
    return true;
  }
  if (!isPlainObject(value)) return false;
  for (const key of Object.keys(value)) if (!isJson(value[key], depth + 1)) return false;
  return true;
}

/** The same walk again, to report where it failed. */
function whatIsNotJson(value: unknown, path: string, depth: number): string | undefined {
  if (typeof value === 'object' && value !== null) {
    if (depth >= MAX_DEPTH) return `${path.slice(0, 80)}… is nested too deeply, or contains itself.`;
    if (!Array.isArray(value) && !isPlainObject(value)) {
      return `${path} is ${kindOf(value)}; only plain objects, arrays and scalars can be stored.`;
    }
    const steps: [string, unknown][] = Array.isArray(value)
      ? Array.from(value, (item: unknown, index) => [`[${index}]`, item])
      : Object.entries(value).map(([key, item]) => [`.${key}`, item]);
    for (const [step, item] of steps) {
      const found = whatIsNotJson(item, path + step, depth + 1);
      if (found !== undefined) return found;
    }
    return undefined;
  }
  if (isJson(value, depth)) return undefined;
  const kind = typeof value === 'number' ? String(value) : kindOf(value);
  return `${path} is ${kind}, which JSON cannot carry. Leave it out or make it a string.`;
}

/** Plain in any realm: it has no prototype, or one without a prototype of its own. */
function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return `an instance of ${value.constructor?.name || 'a class'}`;
  return `a ${typeof value}`;
}
