/** Waits for all works. If one throws, the others are told to end first; then the error is thrown. */
export async function together(works: readonly Promise<void>[], end: () => void): Promise<void> {
  const outcomes = await Promise.allSettled(
    works.map((work) =>
      work.catch((error: unknown) => {
        end();
        throw error;
      }),
    ),
  );
  for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
}
