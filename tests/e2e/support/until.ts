/** Soon at first, then less often: a probe is a request that costs the server and the test CPU. */
const firstPollMilliseconds = 20;
const mostPollMilliseconds = 150;

/**
 * The first answer of `probe` that is neither undefined nor false. A probe that throws has no answer yet; its last
 * error is reported when the time is over.
 */
export async function until<Value>(
  what: string,
  probe: () => Promise<Value | undefined | false> | Value | undefined | false,
  { seconds = 30 }: { readonly seconds?: number } = {},
): Promise<Value> {
  const deadline = performance.now() + seconds * 1000;
  let trouble: unknown;
  let pause = firstPollMilliseconds;
  do {
    try {
      const value = await probe();
      if (value !== undefined && value !== false) return value;
      trouble = undefined;
    } catch (error) {
      trouble = error;
    }
    await new Promise((resolve) => setTimeout(resolve, pause));
    pause = Math.min(pause * 1.3, mostPollMilliseconds);
  } while (performance.now() < deadline);
  throw new Error(`Waited ${seconds} s in vain until ${what}.`, trouble === undefined ? {} : { cause: trouble });
}

/** The promise's value, or an error that says what was waited for. */
export async function within<Value>(seconds: number, what: string, promise: Promise<Value>): Promise<Value> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Waited ${seconds} s in vain until ${what}.`)), seconds * 1000);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
