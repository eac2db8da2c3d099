import type { Position } from './port.js';

const DECIMAL = /^\d{1,19}$/;

/** The one place where positions are made; everywhere else they are opaque. */
export function positionOf(value: number | bigint): Position {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the brand exists in the type only
  return BigInt(value) as Position;
}

/** A position as it was stored with `String(position)`. Undefined if the text is not one. */
export function parsePosition(text: string): Position | undefined {
  return DECIMAL.test(text) ? positionOf(BigInt(text)) : undefined;
}
