import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets the young generation of a thread grow from two megabytes to sixty-four as soon as much survives at once, as it does while
 * modules load, and gives that back late or never: a third of an idle server's memory. Here it stays as it begins, in every thread
 * of the process; what survives a megabyte of allocations is nearly always there to stay.
 */
export function keepYoungGenerationsSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Begins a thread whose work is all young garbage with halves of this many megabytes instead of one; they are no more than its
 * `resourceLimits` allow. Call what is returned when it is online: heaps are laid out by flags of the process.
 */
export function beginWithYoungGeneration(semiSpaceMb: number): () => void {
  setFlagsFromString(`--min-semi-space-size=${semiSpaceMb}`);
  return () => setFlagsFromString('--min-semi-space-size=0');
}
