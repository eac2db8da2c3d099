/** Does what reads a stranger's text, which may take longer than anything should, so that it is known whose it was. */
export type Reading = <Result>(work: () => Result) => Result;

/** Where nobody watches. */
export const unwatched: Reading = (work) => work();
