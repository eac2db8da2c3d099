import { setImmediate } from 'node:timers/promises';

/**
 * Groups what is there already: a batch ends at `max`, or where the source has nothing more at hand. The next batch is
 * read while this one is worked on, never more than `max` ahead.
 *
 * Leaving early does not end the source, which may be waiting: abort it by its own signal.
 */
export async function* inBatches<Item>(source: AsyncIterable<Item>, max: number): AsyncGenerator<Item[], void> {
  let batch: Item[] = [];
  let ended = false;
  let left = false;
  let failure: { readonly error: unknown } | undefined;
  let filled = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();

  const read = async (): Promise<void> => {
    try {
      for await (const item of source) {
        batch.push(item);
        filled.resolve();
        while (batch.length >= max) {
          await taken.promise;
          if (left) return;
        }
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      filled.resolve();
    }
  };
  const reading = read();

  try {
    for (;;) {
      await filled.promise;
      // A source with more at hand yields it in microtasks; let them run.
      if (batch.length < max && !ended) await setImmediate();
      const full = batch;
      batch = [];
      if (!ended) filled = Promise.withResolvers();
      const gate = taken;
      taken = Promise.withResolvers();
      gate.resolve();
      if (full.length > 0) yield full;
      else if (ended) break;
    }
    await reading;
    if (failure) throw failure.error;
  } finally {
    left = true;
    taken.resolve();
  }
}
