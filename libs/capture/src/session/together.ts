/** Waits for all of them. Where one breaks, the others are told to end first; then it is thrown. */
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
