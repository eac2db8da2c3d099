/** Runs code that reads text of a stranger. If that takes too long, it is known whose text it was. */
export type Reading = <Result>(work: () => Result) => Result;

/** For callers without a watch on the time. */
export const unwatched: Reading = (work) => work();
