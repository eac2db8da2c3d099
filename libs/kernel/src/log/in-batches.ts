import { setImmediate } from 'node:timers/promises';

export interface BatchOptions<Item> {
  /**
   * How long a batch may wait to be filled while the source pauses, asked for every batch. Default: it ends at the
   * first pause.
   */
  readonly patienceMs?: () => number;
  /** Whether no more items follow this one for a while: ends the wait. */
  readonly isLast?: (item: Item) => boolean;
}

/**
 * Groups available items: a batch ends at `max`, or when the source has no more at hand. The next batch is read while
 * this one is processed, at most `max` ahead.
 *
 * Leaving early does not end the source, which may be waiting: abort it with its own signal.
 */
export async function* inBatches<Item>(
  source: AsyncIterable<Item>,
  max: number,
  { patienceMs = () => 0, isLast = () => false }: BatchOptions<Item> = {},
): AsyncGenerator<Item[], void> {
  let batch: Item[] = [];
  let ended = false;
  let left = false;
  let failure: { readonly error: unknown } | undefined;
  let begun = Promise.withResolvers<void>();
  /** There is nothing more to wait for. */
  let filled = Promise.withResolvers<void>();
  let taken = Promise.withResolvers<void>();

  const read = async (): Promise<void> => {
    try {
      for await (const item of source) {
        batch.push(item);
        begun.resolve();
        if (batch.length >= max || isLast(item)) filled.resolve();
        while (batch.length >= max) {
          await taken.promise;
          if (left) return;
        }
      }
    } catch (error) {
      failure = { error };
    } finally {
      ended = true;
      begun.resolve();
      filled.resolve();
    }
  };
  const reading = read();

  try {
    for (;;) {
      await begun.promise;
      const patience = patienceMs();
      if (patience > 0) await atMost(patience, filled.promise);
      // A source with more at hand yields it in microtasks; let them run.
      if (batch.length < max && !ended) await setImmediate();
      const full = batch;
      batch = [];
      if (!ended) {
        begun = Promise.withResolvers();
        filled = Promise.withResolvers();
      }
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

async function atMost(milliseconds: number, promise: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, milliseconds)));
  await Promise.race([promise, late]);
  clearTimeout(timer);
}
