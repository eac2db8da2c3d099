/** One streamer per address. */
export const sourceClaim = (url: string) => ({ category: 'source', key: url });
