import { setFlagsFromString } from 'node:v8';

/**
 * V8 lets the young generation of a thread grow from two megabytes to sixty-four as soon as much survives at once, as
 * it does while modules load, and returns that late or never: a third of an idle server's memory. Here it stays at its
 * initial size, in every thread of the process. What survives a megabyte of allocations nearly always stays for good.
 */
export function keepYoungGenerationsSmall(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
}

/**
 * Starts a thread whose work creates only short-lived garbage with a larger young generation: halves of this many
 * megabytes instead of one, within its `resourceLimits`. Call the returned function when the thread is online: heaps
 * are laid out by flags of the process.
 */
export function beginWithYoungGeneration(semiSpaceMb: number): () => void {
  setFlagsFromString(`--min-semi-space-size=${semiSpaceMb}`);
  return () => setFlagsFromString('--min-semi-space-size=0');
}
